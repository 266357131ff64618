import type { Operation } from '@/server/api/operations/operation';
import { type OperationName, operations } from '@/server/api/operations/operations';

const PREFIX = '/api/v1';

export interface Route {
  readonly name: OperationName;
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
}

const TABLE = Object.entries<Operation>(operations).map(([name, operation]) => ({
  name: name as OperationName,
  operation,
  pattern: new RegExp(`^${PREFIX}${operation.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

/** The operation that a request asks for; undefined when there is none. */
export function routeOf(method: string, url: URL): Route | undefined {
  for (const { name, operation, pattern } of TABLE) {
    const found = operation.method === method ? pattern.exec(url.pathname) : null;
    if (found === null) continue;
    const params = Object.entries(found.groups ?? {}).map(([key, value]) => [
      key,
      decodeURIComponent(value),
    ]);
    return { name, operation, params: Object.fromEntries(params) };
  }
  return undefined;
}
