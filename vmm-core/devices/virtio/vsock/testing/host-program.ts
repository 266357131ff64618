import net from 'node:net';
import { until } from './vsock-guest';

/** A program of the host with a Unix socket: reads all it gets, unless it is told not to. */
export class HostProgram {
  received = Buffer.alloc(0);
  hasEnded = false;
  isClosed = false;

  constructor(readonly socket: net.Socket) {
    socket.on('data', (data) => {
      this.received = Buffer.concat([this.received, data as Buffer]);
    });
    socket.on('end', () => {
      this.hasEnded = true;
    });
    socket.on('close', () => {
      this.isClosed = true;
    });
    socket.on('error', () => {});
  }

  static connect(path: string): HostProgram {
    return new HostProgram(net.connect({ path, allowHalfOpen: true }));
  }

  /** Waits until the other end is gone, and not only through with writing. */
  async hungUp(): Promise<void> {
    await until(() => this.hasEnded || this.isClosed);
    this.socket.write('anybody there?');
    await until(() => this.isClosed);
  }

  async expect(text: string): Promise<void> {
    await until(() => this.received.length >= text.length);
    const found = this.received.toString();
    if (found !== text) throw new Error(`received ${JSON.stringify(found)}`);
  }
}

/** A program of the host that listens. */
export class HostService {
  readonly programs: HostProgram[] = [];
  private readonly server: net.Server;

  private constructor() {
    this.server = net.createServer({ allowHalfOpen: true }, (socket) => {
      this.programs.push(new HostProgram(socket));
    });
  }

  static async listen(path: string): Promise<HostService> {
    const service = new HostService();
    await new Promise<void>((resolve) => service.server.listen(path, resolve));
    return service;
  }

  /** The one that came last, when so many have come. */
  async program(count = 1): Promise<HostProgram> {
    await until(() => this.programs.length >= count);
    return this.programs[count - 1] as HostProgram;
  }

  async close(): Promise<void> {
    for (const { socket } of this.programs) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
