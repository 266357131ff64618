import { describe, expect, it } from 'vitest';
import { type ApiDocument, endpointsByTag } from './document';
import { boundsOf, typeOf } from './schema-words';

describe('the words for a value', () => {
  it.each([
    [{ type: 'string', format: 'date-time' }, 'string (date-time)'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ enum: ['a', 'b'] }, '"a" | "b"'],
    [{ const: 1 }, '1'],
    [{}, 'anything'],
  ])('%j is %s', (schema, words) => {
    expect(typeOf(schema)).toBe(words);
  });

  it.each([
    [{ minimum: 1, maximum: 64, default: 1 }, '1 to 64, default 1'],
    [{ maxLength: 63 }, 'at most 63 characters'],
    [{ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, 'at least 0'],
    [{ maxItems: 16 }, 'at most 16 items'],
    [{ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }, ''],
  ])('%j has the bounds "%s"', (schema, words) => {
    expect(boundsOf(schema)).toBe(words);
  });
});

it('groups requests by what they are about', () => {
  const operation = (operationId: string, tag: string) => ({ operationId, tags: [tag] });
  const document = {
    paths: {
      '/vms': { get: operation('listVms', 'Machines'), post: operation('createVm', 'Machines') },
      '/disks': { get: operation('listDisks', 'Disks') },
    },
  } as unknown as ApiDocument;
  const groups = [...endpointsByTag(document)].map(([tag, endpoints]) => [
    tag,
    endpoints.map(({ method, path }) => `${method} ${path}`),
  ]);
  expect(groups).toEqual([
    ['Machines', ['GET /vms', 'POST /vms']],
    ['Disks', ['GET /disks']],
  ]);
});
