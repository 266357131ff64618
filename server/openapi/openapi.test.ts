import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { operations } from '../api/operations/operations';
import { openApiDocument } from './openapi';

const document = JSON.parse(JSON.stringify(openApiDocument(operations, '1.2.3')));

/** Every object in the document, with where it is. */
function* objects(value: unknown, at = ''): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [at, value as Record<string, unknown>];
  for (const [key, part] of Object.entries(value)) yield* objects(part, `${at}/${key}`);
}

describe('the OpenAPI document', () => {
  it('has a path for every operation, and a name for each', () => {
    const ids = Object.values(
      document.paths as Record<string, Record<string, { operationId: string }>>,
    )
      .flatMap((methods) => Object.values(methods))
      .map(({ operationId }) => operationId);
    expect(ids.sort()).toEqual(Object.keys(operations).sort());
  });

  it('is one by the schema of OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(document)).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('refers only to what it holds', () => {
    const known = new Set(
      Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`),
    );
    const refs = [...objects(document)].flatMap(([, object]) =>
      typeof object['$ref'] === 'string' ? [object['$ref']] : [],
    );
    expect(refs.length).toBeGreaterThan(50);
    expect(refs.filter((ref) => !known.has(ref))).toEqual([]);
  });

  it('says what a machine is once, and by its name everywhere', () => {
    const created = document.paths['/api/v1/vms'].post.responses['201'];
    expect(created.content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/Vm',
    });
    expect(document.components.schemas.Vm.properties.crash.anyOf[0]).toEqual({
      $ref: '#/components/schemas/Crash',
    });
  });

  it('says what a request may hold and what it takes', () => {
    const create = document.paths['/api/v1/vms'].post;
    const { name, config } = create.requestBody.content['application/json'].schema.properties;
    expect(name).toMatchObject({ type: 'string', maxLength: 63 });
    expect(config.properties.cpu.properties.count).toMatchObject({ minimum: 1, maximum: 64 });
    expect(create.description).toContain('role operator');
    expect(create.parameters.map(({ name: of }: { name: string }) => of)).toEqual([
      'Idempotency-Key',
    ]);
    expect(document.paths['/api/v1/session'].post.security).toEqual([]);
  });
});
