import type { Finding } from '../../api/doctor';
import type { HostSample, VmSample } from '../../api/metrics';
import type { VmState } from '../../api/vms';
import type {
  Adoption,
  ConsoleConnection,
  HostAgent,
  HostFacts,
  MachineReport,
  MachineSpec,
} from '../agent';
import { KeptConsole, NO_CONSOLE } from '../console-connections';
import { alreadyRunning, noMonitor } from '../host-problems';
import { isFinal } from '../machine-reports';

const GIB = 1024 ** 3;

/** A host in memory. A start takes until `finishStarts` when `slowStarts` is set. */
export class FakeAgent implements HostAgent {
  readonly running = new Map<string, MachineSpec>();
  readonly calls: string[] = [];
  adoption: Adoption = { machines: [], silent: [], strangers: [] };
  slowStarts = false;
  startError: Error | undefined;
  hostMemoryBytes = 8 * GIB;
  /** Found running when it was opened. */
  private readonly adopted = new Set<string>();
  private readonly waiting: (() => void)[] = [];
  private readonly hostListeners = new Set<(sample: HostSample) => void>();
  private readonly reportListeners = new Set<(report: MachineReport) => void>();
  private readonly sampleListeners = new Set<(id: string, sample: VmSample) => void>();

  async open(): Promise<Adoption> {
    const { machines, silent } = this.adoption;
    const running = machines.filter((report) => !isFinal(report));
    for (const id of [...running.map((report) => report.id), ...silent]) this.adopted.add(id);
    return this.adoption;
  }

  async examine(): Promise<readonly Finding[]> {
    return [{ id: 'kvm', level: 'ok', detail: 'It is a fake.', hint: null }];
  }

  async facts(): Promise<HostFacts> {
    return {
      hostname: 'fake',
      kernel: '6.1.0',
      cpuModel: 'none',
      cpus: 2,
      memoryBytes: this.hostMemoryBytes,
      memoryAvailableBytes: this.hostMemoryBytes,
      dataDirectory: '/nowhere',
      dataFreeBytes: GIB,
      dataTotalBytes: 4 * GIB,
      kvm: { available: true, apiVersion: 12, quirks: [] },
    };
  }

  async start(spec: MachineSpec, signal: AbortSignal): Promise<void> {
    this.calls.push(`start ${spec.id}`);
    if (this.isLive(spec.id)) throw alreadyRunning();
    signal.throwIfAborted();
    if (this.slowStarts) {
      await new Promise<void>((resolve, reject) => {
        this.waiting.push(resolve);
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    }
    if (this.startError !== undefined) throw this.startError;
    this.running.set(spec.id, spec);
    this.report(spec.id, 'running');
  }

  finishStarts(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  async stop(id: string): Promise<void> {
    this.calls.push(`stop ${id}`);
    if (!this.isLive(id)) return;
    this.drop(id);
    this.report(id, 'stopped');
  }

  async pause(id: string): Promise<void> {
    this.needLive(id);
    this.calls.push(`pause ${id}`);
    this.report(id, 'paused');
  }

  async resume(id: string): Promise<void> {
    this.needLive(id);
    this.calls.push(`resume ${id}`);
    this.report(id, 'running');
  }

  async reset(id: string): Promise<void> {
    this.needLive(id);
    this.calls.push(`reset ${id}`);
    this.report(id, 'running');
  }

  async shutdown(id: string): Promise<void> {
    this.needLive(id);
    this.calls.push(`shutdown ${id}`);
    this.report(id, 'stopping');
  }

  async resized(id: string, diskId: string): Promise<void> {
    this.calls.push(`resized ${id} ${diskId}`);
  }

  async forget(id: string): Promise<void> {
    this.calls.push(`forget ${id}`);
    if (this.isLive(id)) throw alreadyRunning();
  }

  async openConsole(): Promise<ConsoleConnection> {
    return new KeptConsole('', NO_CONSOLE, 0);
  }

  async consoleLog(): Promise<Uint8Array> {
    return Buffer.from('what was printed\n');
  }

  async monitorLog(): Promise<string> {
    return 'what the monitor said\n';
  }

  isLive(id: string): boolean {
    return this.running.has(id) || this.adopted.has(id);
  }

  samples(): readonly VmSample[] {
    return [];
  }

  hostSamples(): readonly HostSample[] {
    return [];
  }

  onHostSample(listener: (sample: HostSample) => void): () => void {
    this.hostListeners.add(listener);
    return () => this.hostListeners.delete(listener);
  }

  onReport(listener: (report: MachineReport) => void): () => void {
    this.reportListeners.add(listener);
    return () => this.reportListeners.delete(listener);
  }

  onSample(listener: (id: string, sample: VmSample) => void): () => void {
    this.sampleListeners.add(listener);
    return () => this.sampleListeners.delete(listener);
  }

  async close(): Promise<void> {}

  /** The machine's monitor ends by itself. */
  crash(id: string): void {
    this.drop(id);
    this.report(id, 'crashed', {
      reason: 'triple-fault',
      message: 'The guest gave up.',
      hint: 'Look at the last lines.',
      at: new Date().toISOString(),
      lastLines: [],
    });
  }

  report(id: string, state: VmState, crash?: MachineReport['crash']): void {
    const report = { id, state, since: new Date().toISOString(), ...(crash && { crash }) };
    for (const listener of this.reportListeners) listener(report);
  }

  hostSample(sample: HostSample): void {
    for (const listener of this.hostListeners) listener(sample);
  }

  sample(id: string, sample: VmSample): void {
    for (const listener of this.sampleListeners) listener(id, sample);
  }

  private needLive(id: string): void {
    if (!this.isLive(id)) throw noMonitor();
  }

  private drop(id: string): void {
    this.running.delete(id);
    this.adopted.delete(id);
  }
}
