import type { Connection } from './connection';

/** Where the ports begin that the host's connections get; below are those that programs choose. */
const FIRST_FREE_PORT = 2 ** 30;
const PORTS = 2 ** 32;

/** The connections of a device, by the ports of both ends. */
export class ConnectionTable {
  private readonly byGuestPort = new Map<number, Map<number, Connection>>();
  private readonly all = new Set<Connection>();
  private lastPort = FIRST_FREE_PORT - 1;

  get size(): number {
    return this.all.size;
  }

  find(hostPort: number, guestPort: number): Connection | undefined {
    return this.byGuestPort.get(guestPort)?.get(hostPort);
  }

  add(connection: Connection): void {
    const { hostPort, guestPort } = connection;
    const byHostPort = this.byGuestPort.get(guestPort) ?? new Map<number, Connection>();
    byHostPort.set(hostPort, connection);
    this.byGuestPort.set(guestPort, byHostPort);
    this.all.add(connection);
  }

  /** @returns false when it is not there */
  delete(connection: Connection): boolean {
    if (!this.all.delete(connection)) return false;
    const byHostPort = this.byGuestPort.get(connection.guestPort);
    byHostPort?.delete(connection.hostPort);
    if (byHostPort?.size === 0) this.byGuestPort.delete(connection.guestPort);
    return true;
  }

  /** A port of the host from which no connection goes to that port of the guest. */
  freeHostPort(guestPort: number): number {
    do {
      this.lastPort = this.lastPort + 1 < PORTS ? this.lastPort + 1 : FIRST_FREE_PORT;
    } while (this.find(this.lastPort, guestPort) !== undefined);
    return this.lastPort;
  }

  /** Ends all of them, with no word to the guest. */
  destroy(): void {
    for (const connection of this.all) connection.destroy();
    this.all.clear();
    this.byGuestPort.clear();
  }
}
