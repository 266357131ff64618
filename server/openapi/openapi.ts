import { z } from 'zod';
import type { Body, Method, Needs, Operation } from '../api/operations/operation';
import { problemSchema } from '../api/problem';
import { componentNames } from './component-names';

type Json = Readonly<Record<string, unknown>>;

const PREFIX = '/api/v1';
const COMPONENTS = '#/components/schemas/';

const STATUS_WORDS: Readonly<Record<number, string>> = {
  200: 'Done.',
  201: 'Made.',
  202: 'Begun: a task tells how it goes on.',
  204: 'Done; nothing to tell.',
};

/** The API as an OpenAPI 3.1 document, made of the schemas that check its requests. */
export function openApiDocument(
  operations: Readonly<Record<string, Operation>>,
  version: string,
  basePath = '',
): Json {
  const schemas = new Schemas();
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, operation] of Object.entries(operations)) {
    const path = PREFIX + operation.path;
    const method = operation.method.toLowerCase();
    paths[path] = { ...paths[path], [method]: describeOperation(name, operation, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'virtdeck',
      version,
      description:
        'Sizes are in bytes and times in ISO 8601. Whatever goes wrong is answered with a problem (RFC 9457) whose code is stable and whose hint says what to do.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: basePath || '/' }],
    security: [{ session: [] }, { token: [] }],
    paths,
    components: {
      schemas: schemas.components,
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'virtdeck_session' },
        token: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

function describeOperation(name: string, operation: Operation, schemas: Schemas): Json {
  const { method, path, tag, summary, needs, body, bodyOptional, answers } = operation;
  const responses: Record<string, Json> = {};
  for (const [status, answer] of Object.entries(answers)) {
    responses[status] = {
      description: STATUS_WORDS[Number(status)] ?? 'Done.',
      ...(answer === 'nothing' ? {} : { content: contentOf(answer, 'output', schemas) }),
    };
  }
  responses['default'] = {
    description: 'A problem.',
    content: {
      'application/problem+json': { schema: schemas.of(problemSchema, 'output') },
    },
  };
  return {
    operationId: name,
    tags: [tag],
    summary,
    description: describeNeeds(needs),
    parameters: parametersOf(method, path, operation, schemas),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: bodyOptional !== true,
            content: contentOf(body, 'input', schemas),
          },
        }),
    responses,
    ...(needs === 'open' ? { security: [] } : {}),
  };
}

function describeNeeds(needs: Needs): string {
  if (needs === 'open') return 'Open to everybody.';
  const { role, scopes } = needs;
  const token = scopes.length === 0 ? 'by no token' : `or a token for ${scopes.join(', ')}`;
  return `Takes the role ${role}, ${token}.`;
}

function parametersOf(
  method: Method,
  path: string,
  { query, versioned, creates }: Operation,
  schemas: Schemas,
): Json[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !(schema as z.ZodType).safeParse(undefined).success,
    schema: schemas.of(schema as z.ZodType, 'input'),
  }));
  const header = (name: string, description: string): Json => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  });
  return [
    ...inPath,
    ...inQuery,
    ...(versioned ? [header('If-Match', 'The ETag that the change is made from.')] : []),
    ...(creates && method === 'POST'
      ? [header('Idempotency-Key', 'Who repeats it gets the first answer again.')]
      : []),
  ];
}

function contentOf(body: Body, io: 'input' | 'output', schemas: Schemas): Json {
  if (body === 'nothing') return {};
  if (typeof body !== 'string') return { 'application/json': { schema: schemas.of(body, io) } };
  const isBytes = body === 'application/octet-stream';
  return { [body]: { schema: isBytes ? {} : { type: 'string' } } };
}

/** JSON Schemas of zod's, with those that have a name kept once, for all to refer to. */
class Schemas {
  readonly components: Record<string, Json> = {};

  of(schema: z.ZodType, io: 'input' | 'output'): Json {
    const json = z.toJSONSchema(schema, {
      io,
      metadata: componentNames,
      // What only code can say is left open in the document.
      unrepresentable: 'any',
    });
    const { $schema: _, $defs = {}, ...rest } = json as Json & { $defs?: Record<string, Json> };
    for (const [name, definition] of Object.entries($defs)) {
      this.components[name] ??= rename(withoutId(definition)) as Json;
    }
    const { id } = rest as { id?: string };
    if (typeof id !== 'string') return rename(rest) as Json;
    this.components[id] ??= rename(withoutId(rest)) as Json;
    return { $ref: COMPONENTS + id };
  }
}

function withoutId(schema: Json): Json {
  const { id: _, ...rest } = schema;
  return rest;
}

/** References within one schema become references within the document. */
function rename(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rename);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      key === '$ref' && typeof part === 'string'
        ? part.replace('#/$defs/', COMPONENTS)
        : rename(part),
    ]),
  );
}
