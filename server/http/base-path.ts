import type { IncomingMessage } from 'node:http';

/**
 * The path below which a proxy shows the console, such as `/vms`; empty when it has the whole origin.
 * Some proxies take it away before they ask, others do not: either is understood.
 */
export class BasePath {
  constructor(readonly path: string) {}

  /** A path as the API and the pages know it. */
  without(path: string): string {
    const rest = path.startsWith(this.path) ? path.slice(this.path.length) : undefined;
    if (rest === '') return '/';
    return rest !== undefined && /^[/?]/.test(rest) ? rest.replace(/^\?/, '/?') : path;
  }

  /** A path of ours as a browser has to ask for it. */
  with(path: string): string {
    return path.startsWith('/') ? this.path + path : path;
  }

  /** For what looks at paths: all of ours. */
  takeFrom(request: IncomingMessage): void {
    request.url = this.without(request.url ?? '/');
  }

  /** For Next, which was built to find it there; its root has no slash at the end. */
  giveTo(request: IncomingMessage): void {
    const url = request.url ?? '/';
    request.url = this.path === '' ? url : this.with(url).replace(/^([^?]*)\/(?=\?|$)/, '$1');
  }
}
