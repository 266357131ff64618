import type { Method, Operation } from './operation';
import { type OperationName, operations } from './operations';

const PREFIX = '/api/v1';

interface Place {
  readonly name: OperationName;
  readonly method: Method;
  readonly pattern: RegExp;
}

/** Those whose paths say most come first: `/images/default/build` before `/images/{id}/build`. */
const PLACES: readonly Place[] = Object.entries<Operation>(operations)
  .sort(([, a], [, b]) => a.path.split('{').length - b.path.split('{').length)
  .map(([name, { method, path }]) => ({
    name: name as OperationName,
    method,
    pattern: new RegExp(`^${PREFIX}${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
  }));

/** @param path of a request @returns undefined when the API has no such operation */
export function findOperation(method: string, path: string): OperationName | undefined {
  return PLACES.find((place) => place.method === method && place.pattern.test(path))?.name;
}

/** @returns what may be done there; nothing when there is no such place */
export function methodsAt(path: string): readonly Method[] {
  return PLACES.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
}
