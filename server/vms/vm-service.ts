import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { allows, type VmAction } from '../api/vm-actions';
import type { VmConfig } from '../api/vm-config';
import type { ChangeVm, createVmSchema, Vm } from '../api/vms';
import type { HostAgent, HostFacts, MachineReport } from '../host/agent';
import { type Log, messageOf } from '../log/log';
import type { MetricsHistory } from '../metrics/metrics-history';
import { changedMeanwhile, notFound } from '../problems/problems';
import type { EventBus } from '../streams/event-bus';
import { Backoff } from './backoff';
import { checkFits, checkRoom, type Limits } from './capacity';
import type { MachineParts } from './machine-parts';
import { specOf } from './machine-spec';
import { lostMonitor, reconcile } from './reconcile';
import type { VmHistory } from './vm-history';
import { nameTaken, startProblem, wrongState } from './vm-problems';
import { type DesiredState, NameTaken, type StoredVm, type VmStore } from './vm-store';

/** A request to create a machine, its defaults filled in. */
export type NewVm = z.output<typeof createVmSchema>;

/** What people choose of a machine. */
const CHOSEN = ['name', 'notes', 'tags', 'config'] as const;

/** How often what is wanted and what is are compared. */
const CHECK_MS = 5000;

/** A start that has not come to its end. */
interface StartInProgress {
  readonly abort: AbortController;
  /** Never rejects. */
  done: Promise<void>;
  /** The machine's end, told while its start was not over yet. */
  ended?: MachineReport;
}

interface Entry {
  vm: Vm;
  desired: DesiredState;
  starting?: StartInProgress;
  /** The plug is being pulled: what the machine says of itself meanwhile is of no interest. */
  isStopping: boolean;
  /** What it runs with; undefined when it does not run. */
  runsWith?: VmConfig | undefined;
  readonly backoff: Backoff;
  /** Found in another state than it should be, at the last look. */
  isOdd: boolean;
  /** Pause, resume and reset, one after the other. */
  queue: Promise<unknown>;
  /** Writes to the database, one after the other. */
  saving: Promise<void>;
  /** Its newest state is not in the database. */
  isUnsaved: boolean;
}

type Changes = Partial<
  Pick<
    Vm,
    'state' | 'crash' | 'problem' | 'waitingFor' | 'restartAt' | 'shutdownIgnoredAt' | 'silentSince'
  >
> & {
  /** ISO 8601; now when absent. */
  readonly since?: string;
};

export interface VmServiceParts {
  readonly store: Pick<VmStore, 'list' | 'insert' | 'save' | 'saveChoice' | 'delete'>;
  readonly history: Pick<VmHistory, 'record' | 'forget'>;
  readonly metrics: Pick<MetricsHistory, 'forget'>;
  readonly agent: HostAgent;
  readonly parts: MachineParts;
  readonly limits: () => Limits;
  readonly bus: EventBus;
  readonly log: Log;
}

/**
 * The machines: what may be done with them and what becomes of it. State lives here, in one
 * thread; each change is written to the database and told to whoever listens.
 */
export class VmService {
  private readonly entries = new Map<string, Entry>();
  private readonly changeListeners = new Set<(id: string) => void>();
  private readonly closing = new AbortController();
  private checkTimer: NodeJS.Timeout | undefined;

  constructor(private readonly of: VmServiceParts) {}

  /** Takes up the machines where the last console left them. */
  async open(): Promise<void> {
    const { store, agent, log, bus } = this.of;
    for (const stored of await store.list()) this.entries.set(stored.vm.id, newEntry(stored));
    const { machines, silent, strangers } = await agent.open(new Set(this.entries.keys()));
    const reports = new Map(machines.map((report) => [report.id, report]));
    const unheard = new Set(silent);
    for (const [id, entry] of this.entries) {
      if (unheard.has(id)) this.waitFor(entry);
      else this.takeUp(entry, reports.get(id));
    }
    agent.onReport((report) => this.onReport(report));
    for (const { id, pid } of strangers) {
      log.warn('a monitor runs for a machine this console does not know', { machine: id, pid });
      bus.publish({
        type: 'host.notice',
        code: 'unknown-monitor',
        detail: `A monitor (pid ${pid}) runs for the machine ${id}, which this console does not know.`,
        hint: `It is left alone. If nobody needs it, end it with \`kill ${pid}\`.`,
      });
    }
    const host = await agent.facts();
    for (const entry of this.entries.values()) {
      const { config, state } = entry.vm;
      if (config.autostart && allows(state, 'start')) this.startUnasked(entry, host);
    }
    this.checkTimer = setInterval(() => this.check(), CHECK_MS);
    this.checkTimer.unref();
  }

  list(): Vm[] {
    return [...this.entries.values()].map((entry) => entry.vm);
  }

  /** @throws ProblemError 404 */
  get(id: string): Vm {
    return this.entry(id).vm;
  }

  /** @returns undefined when there is no such machine */
  find(id: string): Vm | undefined {
    return this.entries.get(id)?.vm;
  }

  /**
   * @throws ProblemError 409 when the name is taken, an image is gone or there is no room for its
   * start, 422 when the host has not that much memory
   */
  async create(input: NewVm): Promise<Vm> {
    const host = await this.checkConfig(input.config);
    if (input.start) this.checkRoom(input.config, host);
    const now = new Date().toISOString();
    const { name, notes, tags, config } = input;
    const vm: Vm = {
      id: randomUUID(),
      ...{ name, notes, tags, config },
      revision: 1,
      state: 'stopped',
      stateSince: now,
      pendingChange: false,
      crash: null,
      waitingFor: null,
      restartAt: null,
      shutdownIgnoredAt: null,
      silentSince: null,
      problem: null,
      createdAt: now,
    };
    await unlessTaken(name, this.of.store.insert({ vm, desired: 'stopped' }));
    const entry = newEntry({ vm, desired: 'stopped' });
    this.entries.set(vm.id, entry);
    this.of.history.record(vm.id, { kind: 'created', detail: {} });
    this.of.bus.publish({ type: 'vm.changed', vm });
    if (input.start) this.startUnasked(entry, host);
    return entry.vm;
  }

  /**
   * Changes what people choose of a machine. Most of a new configuration comes with its next start.
   * @param expected the revision that the change is made from; undefined for whatever it is
   * @throws ProblemError 404, 409 when the name is taken or an image is gone, 412 when somebody was
   * faster, 422 when the host has not that much memory
   */
  async change(id: string, change: ChangeVm, expected?: number): Promise<Vm> {
    this.entry(id);
    if (change.config !== undefined) await this.checkConfig(change.config);
    const entry = this.entry(id);
    if (expected !== undefined && expected !== entry.vm.revision) throw changedMeanwhile();
    const before = entry.vm;
    const { name, notes, tags, config, revision } = before;
    const chosen = {
      name: change.name ?? name,
      notes: change.notes ?? notes,
      tags: change.tags ?? tags,
      config: change.config ?? config,
      revision: revision + 1,
    };
    // At once, so that of two that change the same revision the second one is told.
    entry.vm = { ...before, ...chosen, pendingChange: isPending(entry.runsWith, chosen.config) };
    try {
      await unlessTaken(chosen.name, this.of.store.saveChoice(entry.vm));
    } catch (error) {
      entry.vm = { ...entry.vm, name, notes, tags, config, revision: before.revision };
      throw error;
    }
    const fields = CHOSEN.filter((field) => !isDeepStrictEqual(before[field], chosen[field]));
    this.of.history.record(id, { kind: 'changed', detail: { fields: fields.join(', ') } });
    this.tell(entry);
    return entry.vm;
  }

  /** @throws ProblemError 404, 409 while it runs */
  async delete(id: string): Promise<void> {
    const entry = this.entryFor(id, 'delete');
    // From here on nothing finds it any more, so no start can come in between.
    this.entries.delete(id);
    try {
      await entry.saving;
      await this.of.parts.releaseDisks(id);
      await this.of.store.delete(id);
    } catch (error) {
      this.entries.set(id, entry);
      throw error;
    }
    this.of.bus.publish({ type: 'vm.deleted', id });
    this.tellChanged(id);
    const { agent, history, metrics } = this.of;
    await Promise.all([agent.forget(id), history.forget(id), metrics.forget(id)]).catch(
      (error: unknown) => {
        this.of.log.warn('what was kept of a deleted machine could not be removed', {
          machine: id,
          cause: messageOf(error),
        });
      },
    );
  }

  /**
   * Begins a start. What becomes of it is told by events: it may wait for the image.
   * @throws ProblemError 404, 409 when it runs or starts already or there is no room for it
   */
  async start(id: string): Promise<Vm> {
    const { config } = this.entryFor(id, 'start').vm;
    const host = await this.of.agent.facts();
    // Again: another start may have come while the host was asked.
    const entry = this.entryFor(id, 'start');
    this.checkRoom(config, host);
    this.beginStart(entry);
    await entry.saving;
    return entry.vm;
  }

  /** Pulls the plug, or gives up a start. Returns when no monitor is left. */
  async stop(id: string): Promise<Vm> {
    const entry = this.entryFor(id, 'stop');
    entry.desired = 'stopped';
    entry.isStopping = true;
    this.update(entry, { state: 'stopping', waitingFor: null, restartAt: null });
    try {
      const { starting } = entry;
      starting?.abort.abort(new Error('the start was given up'));
      await starting?.done;
      await this.of.agent.stop(id);
      if (entry.vm.state === 'stopping') this.becomeStopped(entry);
    } finally {
      entry.isStopping = false;
    }
    await entry.saving;
    return entry.vm;
  }

  /** Presses the power button. A guest that does not heed it runs on, and its status says so. */
  shutdown(id: string, timeoutSeconds: number): Promise<Vm> {
    return this.act(id, 'shutdown', () => this.of.agent.shutdown(id, timeoutSeconds * 1000));
  }

  pause(id: string): Promise<Vm> {
    return this.act(id, 'pause', () => this.of.agent.pause(id));
  }

  resume(id: string): Promise<Vm> {
    return this.act(id, 'resume', () => this.of.agent.resume(id));
  }

  reset(id: string): Promise<Vm> {
    return this.act(id, 'reset', () => this.of.agent.reset(id));
  }

  /** @returns stops the listening */
  onChange(listener: (id: string) => void): () => void {
    this.changeListeners.add(listener);
    return () => this.changeListeners.delete(listener);
  }

  /** Gives up starts that wait, and lets the last writes reach the database. */
  async close(): Promise<void> {
    clearInterval(this.checkTimer);
    this.closing.abort(new Error('the console stops'));
    const entries = [...this.entries.values()];
    await Promise.all(entries.map((entry) => entry.starting?.done));
    await Promise.all(entries.map((entry) => entry.saving));
  }

  private takeUp(entry: Entry, report: MachineReport | undefined): void {
    const { changes, desired, stop } = reconcile(entry, report);
    const wasWanted = entry.desired === 'running';
    entry.desired = desired;
    if (changes !== undefined) {
      this.of.log.info('a machine is not as the last console left it', {
        machine: entry.vm.id,
        was: entry.vm.state,
        is: changes.state,
      });
      this.update(entry, changes);
    }
    if (wasWanted && this.isRespawned(entry, changes?.crash?.reason)) this.respawn(entry, 0);
    if (stop) this.stopUnasked(entry);
  }

  /** Its monitor runs and does not answer: it is what it was, until a report says otherwise. */
  private waitFor(entry: Entry): void {
    if (entry.desired === 'stopped') this.stopUnasked(entry);
    else this.update(entry, { silentSince: new Date().toISOString() });
  }

  /** A monitor that is gone cannot start its machine again as the policy says: that is done here. */
  private isRespawned(entry: Entry, reason: string | undefined): boolean {
    return reason === 'monitor-killed' && entry.vm.config.restart !== 'never';
  }

  private respawn(entry: Entry, ranMs: number): void {
    const delayMs = entry.backoff.delayAfter(ranMs);
    const { crash } = entry.vm;
    this.beginStart(entry, delayMs);
    this.update(entry, { crash, restartAt: new Date(Date.now() + delayMs).toISOString() });
  }

  /** A start nobody waits for: what is in its way is kept with the machine. */
  private startUnasked(entry: Entry, host: HostFacts): void {
    try {
      this.checkRoom(entry.vm.config, host);
    } catch (error) {
      this.failStart(entry, error);
      return;
    }
    this.beginStart(entry);
  }

  /** @param delayMs to wait before; the start can be given up meanwhile */
  private beginStart(entry: Entry, delayMs = 0): void {
    const abort = new AbortController();
    const starting: StartInProgress = { abort, done: Promise.resolve() };
    entry.starting = starting;
    entry.desired = 'running';
    this.update(entry, {
      state: 'starting',
      crash: null,
      problem: null,
      waitingFor: null,
      restartAt: null,
      shutdownIgnoredAt: null,
    });
    starting.done = this.runStart(entry, starting, delayMs);
  }

  private async runStart(entry: Entry, starting: StartInProgress, delayMs: number): Promise<void> {
    const signal = AbortSignal.any([starting.abort.signal, this.closing.signal]);
    const { id, config } = entry.vm;
    const { parts, agent } = this.of;
    try {
      if (delayMs > 0) {
        await sleep(delayMs, undefined, { signal });
        this.update(entry, { crash: null, restartAt: null });
      }
      const image = await parts.bootFiles(config.boot, signal, (what) =>
        this.update(entry, { waitingFor: what }),
      );
      if (entry.vm.waitingFor !== null) this.update(entry, { waitingFor: null });
      const disks = await parts.disks(id);
      entry.runsWith = config;
      await agent.start(specOf(id, config, image, disks), signal);
      delete entry.starting;
      if (starting.ended !== undefined) this.onReport(starting.ended);
    } catch (error) {
      delete entry.starting;
      // Given up: stop() says what comes next, or the console ends and the next one does.
      if (signal.aborted) return;
      this.failStart(entry, error);
    }
  }

  private failStart(entry: Entry, error: unknown): void {
    const { id } = entry.vm;
    this.of.log.warn('a machine could not be started', { machine: id, cause: messageOf(error) });
    entry.desired = 'stopped';
    const problem = startProblem(error);
    this.of.history.record(id, { kind: 'problem', detail: { detail: problem.detail } });
    this.update(entry, { state: 'stopped', waitingFor: null, problem });
  }

  private onReport(report: MachineReport): void {
    const entry = this.entries.get(report.id);
    if (entry === undefined) return;
    const { state, since, crash, restartAt, shutdownIgnoredAt, silentSince } = report;
    const isFinal = state === 'stopped' || state === 'crashed';
    if (isFinal && entry.starting !== undefined) {
      // How the start itself ends decides: this may be its own clearing away.
      entry.starting.ended = report;
      return;
    }
    if (entry.isStopping && !isFinal) return;
    if (isFinal && entry.desired === 'stopped') {
      // What ends while it is being stopped has not crashed.
      if (entry.vm.state === 'stopping') this.becomeStopped(entry, since);
      return;
    }
    const ranMs = Date.now() - Date.parse(entry.vm.stateSince);
    if (isFinal) entry.desired = 'stopped';
    this.update(entry, {
      state,
      since,
      crash: crash ?? null,
      waitingFor: null,
      restartAt: restartAt ?? null,
      shutdownIgnoredAt: shutdownIgnoredAt ?? null,
      silentSince: silentSince ?? null,
    });
    if (isFinal && this.isRespawned(entry, crash?.reason)) this.respawn(entry, ranMs);
  }

  /**
   * Looks for machines that are not what they should be, because a report went astray. What is seen
   * twice is put right; once it may be on its way. What could not be saved is tried again.
   */
  private check(): void {
    for (const entry of this.entries.values()) {
      if (entry.isUnsaved) this.save(entry);
      const isLive = this.of.agent.isLive(entry.vm.id);
      const { state } = entry.vm;
      const isBusy = entry.starting !== undefined || entry.isStopping;
      const isOdd = !isBusy && isLive === (state === 'stopped' || state === 'crashed');
      if (isOdd && entry.isOdd) this.putRight(entry, isLive);
      entry.isOdd = isOdd && !entry.isOdd;
    }
  }

  private putRight(entry: Entry, isLive: boolean): void {
    const { id, state } = entry.vm;
    this.of.log.warn('a machine was not in the state it should be in', {
      machine: id,
      should: state,
      runs: isLive,
    });
    if (isLive) {
      this.stopUnasked(entry);
      return;
    }
    const at = new Date().toISOString();
    this.onReport({ id, state: 'crashed', since: at, crash: lostMonitor(at) });
  }

  private stopUnasked(entry: Entry): void {
    const { id } = entry.vm;
    const stopping = allows(entry.vm.state, 'stop') ? this.stop(id) : this.of.agent.stop(id);
    stopping.catch((error: unknown) => {
      this.of.log.error('a machine could not be stopped', {
        machine: id,
        cause: messageOf(error),
      });
    });
  }

  private act(id: string, action: VmAction, run: () => Promise<void>): Promise<Vm> {
    const entry = this.entry(id);
    const done = entry.queue.then(async () => {
      this.entryFor(id, action);
      await run();
      await entry.saving;
      return entry.vm;
    });
    entry.queue = done.catch(() => {});
    return done;
  }

  private update(entry: Entry, { since, ...rest }: Changes): void {
    const moved = rest.state !== undefined && rest.state !== entry.vm.state;
    if (rest.state === 'stopped' || rest.state === 'crashed') delete entry.runsWith;
    entry.vm = {
      ...entry.vm,
      ...rest,
      pendingChange: isPending(entry.runsWith, entry.vm.config),
      ...(moved || since !== undefined ? { stateSince: since ?? new Date().toISOString() } : {}),
    };
    if (moved) this.recordState(entry.vm);
    this.save(entry);
    this.tell(entry);
  }

  private save(entry: Entry): void {
    entry.saving = entry.saving
      .then(() =>
        this.of.store.save({ vm: entry.vm, desired: entry.desired, runsWith: entry.runsWith }),
      )
      .then(
        () => {
          entry.isUnsaved = false;
        },
        (error: unknown) => {
          const { id } = entry.vm;
          const cause = messageOf(error);
          // Once is enough: it is tried again every few seconds.
          if (!entry.isUnsaved) {
            this.of.log.error('a machine could not be saved yet', { machine: id, cause });
          }
          entry.isUnsaved = true;
        },
      );
  }

  private becomeStopped(entry: Entry, since?: string): void {
    const at = since === undefined ? {} : { since };
    this.update(entry, { state: 'stopped', silentSince: null, ...at });
  }

  private recordState({ id, state, crash }: Vm): void {
    const detail = state === 'crashed' && crash !== null ? { reason: crash.reason } : {};
    this.of.history.record(id, { kind: state, detail });
  }

  private tell(entry: Entry): void {
    this.of.bus.publish({ type: 'vm.changed', vm: entry.vm });
    this.tellChanged(entry.vm.id);
  }

  private tellChanged(id: string): void {
    for (const listener of this.changeListeners) listener(id);
  }

  private async checkConfig(config: VmConfig): Promise<HostFacts> {
    const host = await this.of.agent.facts();
    checkFits(config, host);
    await this.of.parts.checkBoot(config.boot);
    return host;
  }

  /** @throws ProblemError 409, 422, 507 */
  private checkRoom(config: VmConfig, host: HostFacts): void {
    checkRoom(config, this.runningConfigs(), host, this.of.limits());
  }

  private runningConfigs(): VmConfig[] {
    return [...this.entries.values()]
      .filter(({ vm }) => vm.state !== 'stopped' && vm.state !== 'crashed')
      .map(({ vm, runsWith }) => runsWith ?? vm.config);
  }

  private entry(id: string): Entry {
    const entry = this.entries.get(id);
    if (entry === undefined) throw notFound('such machine');
    return entry;
  }

  /** @throws ProblemError 404, 409 when the action is not possible now */
  private entryFor(id: string, action: VmAction): Entry {
    const entry = this.entry(id);
    const { name, state } = entry.vm;
    if (!allows(state, action)) throw wrongState(name, state, action);
    return entry;
  }
}

function newEntry({ vm, desired, runsWith }: StoredVm): Entry {
  return {
    vm: { ...vm, pendingChange: isPending(runsWith, vm.config) },
    desired,
    runsWith,
    isStopping: false,
    isOdd: false,
    backoff: new Backoff(),
    queue: Promise.resolve(),
    saving: Promise.resolve(),
    isUnsaved: false,
  };
}

/** Whether a machine runs with something else than it would start with. */
function isPending(runsWith: VmConfig | undefined, config: VmConfig): boolean {
  if (runsWith === undefined) return false;
  // That one is for the console, and it has it already.
  const { autostart: _ofRun, ...run } = runsWith;
  const { autostart: _ofNext, ...next } = config;
  return JSON.stringify(run) !== JSON.stringify(next);
}

async function unlessTaken(name: string, write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (error instanceof NameTaken) throw nameTaken(name);
    throw error;
  }
}
