import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { VsockOptions } from '../vsock';
import { type HostProgram, HostService } from './host-program';
import { type Packet, VsockGuest } from './vsock-guest';

/** The host's port at which the bench's service listens. */
export const PORT = 80;
const [REQUEST, RESPONSE] = [1, 2] as const;

/** A socket device with a guest on one side, and a service of the host on the other. */
export class VsockBench {
  private constructor(
    readonly directory: string,
    readonly path: string,
    readonly service: HostService,
    public guest: VsockGuest,
  ) {}

  static async open(options: Pick<VsockOptions, 'maxConnections'> = {}): Promise<VsockBench> {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'vsock-'));
    const socket = path.join(directory, 'v');
    const service = await HostService.listen(`${socket}_${PORT}`);
    return new VsockBench(directory, socket, service, new VsockGuest({ path: socket, ...options }));
  }

  /** The guest connects to the service. @returns the service's end */
  async connected(fields: Partial<Packet> = {}): Promise<HostProgram> {
    const before = this.service.programs.length;
    this.guest.send({ op: REQUEST, dstPort: PORT, ...fields });
    const { op } = await this.guest.next();
    if (op !== RESPONSE) throw new Error(`the guest was answered with operation ${op}`);
    return this.service.program(before + 1);
  }

  async close(): Promise<void> {
    await this.guest.release();
    await this.service.close();
    fs.rmSync(this.directory, { recursive: true });
  }
}
