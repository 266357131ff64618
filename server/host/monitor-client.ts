import type { Socket } from 'node:net';
import type { MachineConfig } from '../../vmm-core/machine/config';
import type { ConsoleFrom } from '../../vmm-core/monitor/console-frames';
import type { MonitorMetrics } from '../../vmm-core/monitor/protocol';
import { MonitorTransport } from '../../vmm-core/monitor/transport';
import { type MonitorStatus, parseMetrics, parseStatus } from './monitor-messages';

/** The control API of one monitor, with every answer checked. Throws what MonitorTransport throws. */
export class MonitorClient {
  private readonly transport: MonitorTransport;

  /** @param patienceMs how long it may take to answer */
  constructor(socketPath: string, patienceMs: number) {
    this.transport = new MonitorTransport(socketPath, patienceMs);
  }

  async status(): Promise<MonitorStatus> {
    return parseStatus(await this.transport.json('GET', '/v1/machine'));
  }

  async configure(config: MachineConfig): Promise<void> {
    await this.transport.bytes('PUT', '/v1/machine/config', JSON.stringify(config));
  }

  async act(action: 'start' | 'pause' | 'resume' | 'reset' | 'stop'): Promise<MonitorStatus> {
    return parseStatus(await this.transport.json('POST', `/v1/machine/${action}`));
  }

  async shutdown(timeoutMs: number): Promise<MonitorStatus> {
    const body = { timeoutMs };
    return parseStatus(await this.transport.json('POST', '/v1/machine/shutdown', body));
  }

  async changeDevice(name: string, change: Readonly<Record<string, unknown>>): Promise<void> {
    const body = JSON.stringify({ name, ...change });
    await this.transport.bytes('POST', '/v1/machine/devices', body);
  }

  async quit(): Promise<void> {
    await this.transport.bytes('POST', '/v1/quit');
  }

  async metrics(): Promise<MonitorMetrics> {
    return parseMetrics(await this.transport.json('GET', '/v1/metrics'));
  }

  /** Follows the machine's status, the present one first. @returns ends it without `onEnd` */
  follow(onStatus: (status: MonitorStatus) => void, onEnd: () => void): () => void {
    return this.transport.follow('/v1/events', (value) => onStatus(parseStatus(value)), onEnd);
  }

  /** @returns the socket that carries frames of console-frames.ts, and the bytes already read */
  openConsole(from: ConsoleFrom): Promise<{ socket: Socket; head: Buffer }> {
    return this.transport.openConsole(from);
  }

  close(): void {
    this.transport.close();
  }
}
