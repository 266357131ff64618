import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsoleFrom } from '../../vmm-core/monitor/console-frames';
import { launchMonitor } from '../../vmm-core/monitor/launch';
import type { RunRecord } from '../../vmm-core/monitor/protocol';
import { MonitorRefusal, REQUEST_TIMEOUT_MS } from '../../vmm-core/monitor/transport';
import type { Finding } from '../api/doctor';
import type { HostSample, VmSample } from '../api/metrics';
import { type Log, messageOf } from '../log/log';
import { isAlive } from '../process/identity';
import type {
  Adoption,
  ConsoleConnection,
  HostAgent,
  HostFacts,
  MachineReport,
  MachineSpec,
} from './agent';
import { examineHost } from './doctor/doctor';
import { hostReader } from './doctor/subject';
import { hear, recordFromItself } from './found-monitor';
import { readHostFacts, readKvmStatus } from './host-facts';
import {
  alreadyRunning,
  kvmUnavailable,
  monitorMissing,
  monitorProblem,
  noMonitor,
} from './host-problems';
import { HostSampler } from './host-sampler';
import { KeptRuns } from './kept-runs';
import { configOf, diskSerial } from './machine-config';
import { MachineConsoles } from './machine-consoles';
import { MachineMonitor } from './machine-monitor';
import { crashedReport, isFinal, monitorKilled, reportOf, stoppedReport } from './machine-reports';
import type { MonitorClient } from './monitor-client';
import { readLogEnd, rotateLog } from './monitor-log';
import type { MonitorStatus } from './monitor-messages';
import { MonitorPool } from './monitor-pool';
import { MonitorProcess, type ProcessEnd } from './monitor-process';
import { RunDirectory } from './run-directory';

const LOG_CHECK_MS = 10_000;

/** Between two tries to hear from a monitor that was found running and did not answer. */
const LISTEN_AGAIN_MS = 1000;

export interface LocalAgentOptions {
  readonly runDirectory: string;
  readonly dataDirectory: string;
  /** Below the data directory: what is kept of each machine. */
  readonly machinesDirectory: string;
  readonly monitorPath: string;
  readonly kvmDevice: string;
  readonly warmMonitors: number;
  /** Another one in tests. */
  readonly launch?: typeof launchMonitor;
  /** How long a monitor may take to answer; less in tests. */
  readonly patienceMs?: number;
  readonly log: Log;
}

/** The agent of the host the console itself runs on. */
export class LocalAgent implements HostAgent {
  private readonly machines = new Map<string, MachineMonitor>();
  /** Machines whose monitor is being cleared away; a new start waits for that. */
  private readonly endings = new Map<string, Promise<void>>();
  /** Samples of machines that ended, until they start again. */
  private readonly lastSamples = new Map<string, readonly VmSample[]>();
  private readonly reportListeners = new Set<(report: MachineReport) => void>();
  private readonly sampleListeners = new Set<(id: string, sample: VmSample) => void>();
  private readonly hostListeners = new Set<(sample: HostSample) => void>();
  private readonly hostSampler: HostSampler;
  private readonly kept: KeptRuns;
  private readonly consoles: MachineConsoles;
  private readonly pool: MonitorPool;
  private readonly patienceMs: number;
  private logTimer: NodeJS.Timeout | undefined;
  private quirks: readonly string[] = [];
  private examination: Promise<readonly Finding[]> | undefined;

  constructor(private readonly options: LocalAgentOptions) {
    this.patienceMs = options.patienceMs ?? REQUEST_TIMEOUT_MS;
    this.kept = new KeptRuns(options.machinesDirectory);
    this.consoles = new MachineConsoles({
      machine: (id) => this.machines.get(id),
      ending: (id) => this.endings.get(id),
      kept: this.kept,
      log: options.log,
    });
    this.hostSampler = new HostSampler(options.dataDirectory, (sample) => {
      for (const listener of this.hostListeners) listener(sample);
    });
    this.pool = new MonitorPool({
      size: options.warmMonitors,
      runDirectory: options.runDirectory,
      monitorPath: options.monitorPath,
      launch: options.launch ?? launchMonitor,
      patienceMs: this.patienceMs,
      log: options.log,
      onReady: (status) => {
        this.quirks = status.quirks;
      },
    });
  }

  async open(known: ReadonlySet<string>): Promise<Adoption> {
    const machines: MachineReport[] = [];
    const silent: string[] = [];
    const strangers: { id: string; pid: number }[] = [];
    const takeUp = async (directory: RunDirectory): Promise<void> => {
      const record =
        (await directory.record()) ?? (await recordFromItself(directory, this.patienceMs));
      if (record?.machineId === undefined) return await this.clearIdle(directory, record);
      const id = record.machineId;
      if (known.has(id)) {
        const report = await this.adopt(id, directory, record);
        if (report === undefined) silent.push(id);
        else machines.push(report);
      } else if (isAlive(record)) strangers.push({ id, pid: record.pid });
      else await directory.remove();
    };
    const directories = await RunDirectory.list(this.options.runDirectory);
    await Promise.all(
      directories.map((directory) =>
        takeUp(directory).catch((error: unknown) => {
          const cause = messageOf(error);
          this.options.log.error('a run directory is left alone', { path: directory.path, cause });
        }),
      ),
    );
    await this.kept.sweep(new Set([...known, ...strangers.map(({ id }) => id)]));
    this.fillPool();
    this.hostSampler.start();
    this.logTimer = setInterval(() => this.rotateLogs(), LOG_CHECK_MS);
    this.logTimer.unref();
    return { machines, silent, strangers };
  }

  facts(): Promise<HostFacts> {
    const { dataDirectory, kvmDevice } = this.options;
    return readHostFacts(dataDirectory, kvmDevice, this.quirks);
  }

  /** Who asks while it is under way gets the same answer: the checks use the disk. */
  examine(): Promise<readonly Finding[]> {
    const { dataDirectory, kvmDevice } = this.options;
    this.examination ??= examineHost({
      kvm: readKvmStatus(kvmDevice, this.quirks),
      dataDirectory,
      read: hostReader(),
    }).finally(() => {
      this.examination = undefined;
    });
    return this.examination;
  }

  async start(spec: MachineSpec, signal: AbortSignal): Promise<void> {
    if (this.machines.has(spec.id)) throw alreadyRunning();
    this.checkHost();
    await this.endings.get(spec.id);
    let monitor: MonitorProcess;
    try {
      monitor = await this.pool.claim(signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw monitorProblem(error);
    }
    const machine = this.attach(spec.id, monitor);
    // Nothing of a start that is given up is worth saving, and a dead monitor ends every wait.
    const giveUp = () => monitor.kill();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      signal.throwIfAborted();
      await monitor.client.configure(configOf(spec));
      const status = await monitor.client.act('start');
      signal.throwIfAborted();
      this.bringUp(machine, status);
    } catch (error) {
      await this.failStart(machine, error, signal);
    } finally {
      signal.removeEventListener('abort', giveUp);
      // Only now: launching another one would take the core from the one that starts.
      this.fillPool();
    }
  }

  async stop(id: string): Promise<void> {
    const machine = this.machines.get(id);
    if (machine !== undefined && machine.phase !== 'ending') {
      machine.phase = 'ending';
      await machine.monitor.client.act('stop').catch((error: unknown) => {
        this.options.log.warn('a monitor did not stop its machine and is ended', {
          machine: id,
          cause: messageOf(error),
        });
      });
      await this.end(machine, stoppedReport(id));
    }
    await this.endings.get(id);
  }

  pause(id: string): Promise<void> {
    return this.act(id, (client) => client.act('pause'));
  }

  resume(id: string): Promise<void> {
    return this.act(id, (client) => client.act('resume'));
  }

  reset(id: string): Promise<void> {
    return this.act(id, (client) => client.act('reset'));
  }

  shutdown(id: string, timeoutMs: number): Promise<void> {
    return this.act(id, (client) => client.shutdown(timeoutMs));
  }

  async resized(id: string, diskId: string): Promise<void> {
    const machine = this.machines.get(id);
    if (machine === undefined || machine.phase === 'ending') return;
    try {
      await machine.monitor.client.changeDevice(diskSerial(diskId), { resized: true });
    } catch (error) {
      throw monitorProblem(error);
    }
  }

  async monitorLog(id: string): Promise<string> {
    const machine = this.machines.get(id);
    if (machine !== undefined) return readLogEnd(machine.monitor.directory.log);
    return readLogEnd(this.kept.logPath(id));
  }

  async forget(id: string): Promise<void> {
    if (this.machines.has(id)) throw alreadyRunning();
    await this.endings.get(id);
    this.lastSamples.delete(id);
    await this.kept.forget(id);
  }

  openConsole(id: string, from: ConsoleFrom): Promise<ConsoleConnection> {
    return this.consoles.open(id, from);
  }

  consoleLog(id: string): Promise<Uint8Array> {
    return this.consoles.log(id);
  }

  isLive(id: string): boolean {
    return this.machines.get(id)?.isLive === true;
  }

  samples(id: string): readonly VmSample[] {
    return this.machines.get(id)?.sampler.samples ?? this.lastSamples.get(id) ?? [];
  }

  hostSamples(): readonly HostSample[] {
    return this.hostSampler.samples;
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

  async close(): Promise<void> {
    this.hostSampler.stop();
    clearInterval(this.logTimer);
    await Promise.allSettled(this.endings.values());
    for (const machine of this.machines.values()) {
      machine.phase = 'ending';
      machine.sampler.stop();
      machine.monitor.release();
    }
    await this.pool.close();
  }

  private rotateLogs(): void {
    for (const [id, { monitor }] of this.machines) {
      rotateLog(monitor.directory.log).catch((error: unknown) => {
        // Its directory goes a moment before the machine does.
        if (!monitor.alive) return;
        const cause = messageOf(error);
        this.options.log.warn('the log of a monitor could not be rotated', { machine: id, cause });
      });
    }
  }

  private checkHost(): void {
    const { kvmDevice, monitorPath } = this.options;
    const kvm = readKvmStatus(kvmDevice, this.quirks);
    if (!kvm.available) throw kvmUnavailable(kvm.detail, kvm.hint);
    if (!existsSync(monitorPath)) throw monitorMissing(monitorPath);
  }

  private fillPool(): void {
    const { kvmDevice, monitorPath } = this.options;
    if (readKvmStatus(kvmDevice, []).available && existsSync(monitorPath)) this.pool.fill();
  }

  /** Monitors that were never given a machine end with the console that started them. */
  private async clearIdle(directory: RunDirectory, record: RunRecord | undefined): Promise<void> {
    if (record !== undefined && isAlive(record)) {
      await new MonitorProcess(directory, record, this.patienceMs).quit();
    }
    await directory.remove();
  }

  /** @returns undefined while the monitor does not answer: it is listened to, and not given up */
  private async adopt(
    id: string,
    directory: RunDirectory,
    record: RunRecord,
  ): Promise<MachineReport | undefined> {
    const machine = this.attach(id, new MonitorProcess(directory, record, this.patienceMs));
    if (!isAlive(record)) return this.endGone(machine, {});
    try {
      const status = await hear(machine.monitor);
      const report = reportOf(id, status, directory);
      machine.reported = report;
      if (isFinal(report)) await this.end(machine, report);
      else this.bringUp(machine, status);
      return report;
    } catch (error) {
      this.options.log.error('a running monitor does not answer', {
        machine: id,
        pid: record.pid,
        cause: messageOf(error),
      });
      machine.phase = 'silent';
      void this.listenFor(machine);
      return undefined;
    }
  }

  /** Until it answers, ends, or is ended. */
  private async listenFor(machine: MachineMonitor): Promise<void> {
    while (machine.phase === 'silent') {
      await sleep(LISTEN_AGAIN_MS, undefined, { ref: false });
      const status = await hear(machine.monitor).catch(() => undefined);
      if (status !== undefined && machine.phase === 'silent') this.bringUp(machine, status);
    }
  }

  private attach(id: string, monitor: MonitorProcess): MachineMonitor {
    const machine = new MachineMonitor(
      id,
      monitor,
      (of, sample) => {
        for (const listener of this.sampleListeners) listener(of, sample);
      },
      (silent, since) => this.onSilence(silent, since),
    );
    this.machines.set(id, machine);
    void monitor.gone.then((end) => {
      if (machine.isLive) return this.endGone(machine, end);
    });
    return machine;
  }

  private bringUp(machine: MachineMonitor, status: MonitorStatus): void {
    machine.phase = 'up';
    this.lastSamples.delete(machine.id);
    machine.monitor.cutLifeline();
    this.take(machine, status);
    if (!this.machines.has(machine.id) || !this.isLive(machine.id)) return;
    machine.sampler.start();
    machine.monitor.follow((next) => this.take(machine, next));
  }

  private onSilence({ id, reported, phase }: MachineMonitor, since: Date | null): void {
    if (reported === undefined || phase !== 'up') return;
    const { log } = this.options;
    if (since === null) log.info('a monitor answers again', { machine: id });
    else log.warn('a monitor does not answer', { machine: id, since: since.toISOString() });
    this.emit(since === null ? reported : { ...reported, silentSince: since.toISOString() });
  }

  /** A status the monitor told of. */
  private take(machine: MachineMonitor, status: MonitorStatus): void {
    this.quirks = status.quirks;
    if (machine.phase !== 'up') return;
    const report = reportOf(machine.id, status, machine.monitor.directory);
    if (isFinal(report)) {
      void this.end(machine, report);
      return;
    }
    const last = machine.reported;
    machine.reported = report;
    // What a monitor tells twice, because it was asked in between, is no news.
    if (JSON.stringify(last) !== JSON.stringify(report)) this.emit(report);
  }

  private async failStart(
    machine: MachineMonitor,
    error: unknown,
    signal: AbortSignal,
  ): Promise<void> {
    const { monitor, id } = machine;
    if (!signal.aborted && !monitor.alive) {
      await this.endGone(machine, await monitor.gone);
      return;
    }
    if (!signal.aborted && error instanceof MonitorRefusal) {
      const status = await monitor.client.status().catch(() => undefined);
      if (status?.state === 'crashed') {
        await this.end(machine, reportOf(machine.id, status, machine.monitor.directory));
        return;
      }
    }
    await this.end(machine, stoppedReport(id));
    throw signal.aborted ? signal.reason : monitorProblem(error);
  }

  private async endGone(machine: MachineMonitor, end: ProcessEnd): Promise<MachineReport> {
    const { directory } = machine.monitor;
    const report = directory
      .crash()
      .then((told) => crashedReport(machine.id, told ?? monitorKilled(end, directory)));
    await this.end(machine, report);
    return report;
  }

  /** Keeps what is worth keeping, reports, and clears the monitor away. */
  private end(
    machine: MachineMonitor,
    report: MachineReport | Promise<MachineReport>,
  ): Promise<void> {
    machine.phase = 'ending';
    machine.sampler.stop();
    const { id, monitor } = machine;
    const ending = (async () => {
      try {
        await this.kept.keep(id, monitor.directory);
      } catch (error) {
        this.options.log.warn('the console of a machine could not be kept', {
          machine: id,
          cause: messageOf(error),
        });
      }
      const last = await report;
      this.lastSamples.set(id, machine.sampler.samples);
      this.machines.delete(id);
      this.emit(last);
      if (monitor.alive) await monitor.quit();
      else monitor.release();
      await monitor.directory.remove();
    })().finally(() => this.endings.delete(id));
    this.endings.set(id, ending);
    return ending;
  }

  private async act(
    id: string,
    ask: (client: MonitorClient) => Promise<MonitorStatus>,
  ): Promise<void> {
    const machine = this.machines.get(id);
    if (machine?.isLive !== true) throw noMonitor();
    try {
      this.take(machine, await ask(machine.monitor.client));
    } catch (error) {
      throw monitorProblem(error);
    }
  }

  private emit(report: MachineReport): void {
    for (const listener of this.reportListeners) listener(report);
  }
}
