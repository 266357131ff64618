import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { ProblemError } from '../problems/problem-error';

export interface HostFacts {
  /** What the console listens on. */
  readonly host: string;
  /** Origins that the operator named. */
  readonly origins: readonly string[];
}

/**
 * Names by which this console may be asked for. A page of a stranger's site can make its own name
 * lead to this host (DNS rebinding); then its origin and our host are the same for the browser, but
 * the name stays the stranger's. An address in digits cannot be made to lead elsewhere.
 */
export class KnownHosts {
  private readonly names: ReadonlySet<string>;

  constructor({ host, origins }: HostFacts) {
    const own = hostname().toLowerCase();
    const named = origins.map((origin) => new URL(origin).hostname);
    // .local: as multicast DNS calls this host, which nobody outside the network can claim.
    this.names = new Set(['localhost', own, `${own}.local`, host.toLowerCase(), ...named]);
  }

  /** @throws ProblemError 421 (RFC 9110, 15.5.20) */
  check(header: string | undefined): void {
    // HTTP/1.0 has none, and no browser speaks it.
    if (header === undefined) return;
    const url = URL.canParse(`http://${header}`) ? new URL(`http://${header}`) : undefined;
    const name = url?.hostname.replace(/^\[|\]$/g, '') ?? '';
    if (isIP(name) !== 0 || this.names.has(name) || name.endsWith('.localhost')) return;
    throw new ProblemError({
      status: 421,
      code: 'unknown-host',
      title: 'Unknown host name',
      detail: `This console does not know that it is called "${name}".`,
      hint: 'Open it by its address, or start it with VIRTDECK_ORIGIN set to the address people open.',
    });
  }
}
