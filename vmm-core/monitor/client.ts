import type { MachineConfig } from '../machine/config';
import { encodeFrame, FRAME_BYTES, FrameDecoder } from './console-frames';
import type { MachineStatus, MonitorMetrics } from './protocol';
import { MonitorTransport } from './transport';

export type MachineActionName = 'start' | 'pause' | 'resume' | 'reset' | 'stop';

/**
 * The control API of one monitor, for those who trust what it says: terminal, tests, benches.
 * Throws what MonitorTransport throws.
 */
export class MonitorClient {
  private readonly transport: MonitorTransport;

  constructor(socketPath: string) {
    this.transport = new MonitorTransport(socketPath);
  }

  async status(): Promise<MachineStatus> {
    return (await this.transport.json('GET', '/v1/machine')) as MachineStatus;
  }

  async configure(config: MachineConfig): Promise<void> {
    await this.transport.bytes('PUT', '/v1/machine/config', JSON.stringify(config));
  }

  async act(action: MachineActionName): Promise<MachineStatus> {
    return (await this.transport.json('POST', `/v1/machine/${action}`)) as MachineStatus;
  }

  /** Presses the power button; the guest has `timeoutMs` to power off. */
  async shutdown(timeoutMs: number): Promise<MachineStatus> {
    const answer = await this.transport.json('POST', '/v1/machine/shutdown', { timeoutMs });
    return answer as MachineStatus;
  }

  /** Changes a device of the running machine, by its name. */
  async changeDevice(name: string, change: Readonly<Record<string, unknown>>): Promise<void> {
    const body = JSON.stringify({ name, ...change });
    await this.transport.bytes('POST', '/v1/machine/devices', body);
  }

  async metrics(): Promise<MonitorMetrics> {
    return (await this.transport.json('GET', '/v1/metrics')) as MonitorMetrics;
  }

  consoleLog(): Promise<Buffer> {
    return this.transport.bytes('GET', '/v1/console/log');
  }

  async sendInput(bytes: string | Uint8Array): Promise<void> {
    await this.transport.bytes('POST', '/v1/console/input', bytes);
  }

  async quit(): Promise<void> {
    await this.transport.bytes('POST', '/v1/quit');
  }

  /** Follows the machine's status, the present one first. @returns ends it without `onEnd` */
  watch(onStatus: (status: MachineStatus) => void, onEnd: () => void): () => void {
    return this.transport.follow('/v1/events', (value) => onStatus(value as MachineStatus), onEnd);
  }

  /** @returns types into the console */
  async attach(
    offset: number,
    onBytes: (bytes: Buffer) => void,
    onClose: () => void = () => undefined,
  ): Promise<(bytes: Buffer) => void> {
    const { socket, head } = await this.transport.openConsole(offset);
    const decoder = new FrameDecoder((type, payload) => {
      if (type === FRAME_BYTES) onBytes(payload);
    });
    // An error is followed by `close`.
    socket.on('error', () => undefined).on('close', onClose);
    socket.on('data', (chunk) => decoder.push(chunk));
    decoder.push(head);
    return (bytes) => void socket.write(encodeFrame(FRAME_BYTES, bytes));
  }
}
