import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { allows, type VmAction } from '../api/vm-actions';
import type { Crash, createVmSchema, Vm, VmState } from '../api/vms';
import type { HostAgent, MachineReport } from '../host/agent';
import type { ImageService } from '../images/image-service';
import { type Log, messageOf } from '../log/log';
import { notFound } from '../problems/problems';
import type { EventBus } from '../streams/event-bus';
import { reconcile } from './reconcile';
import { nameTaken, startProblem, tooMuchMemory, wrongState } from './vm-problems';
import { type DesiredState, NameTaken, type VmStore } from './vm-store';

/** A request to create a machine, its defaults filled in. */
export type NewVm = z.output<typeof createVmSchema>;

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
  /** Pause, resume and reset, one after the other. */
  queue: Promise<unknown>;
  /** Writes to the database, one after the other. */
  saving: Promise<void>;
}

interface Changes {
  readonly state?: VmState;
  /** ISO 8601; now when absent. */
  readonly since?: string;
  readonly crash?: Crash | null;
  readonly problem?: Vm['problem'];
  readonly waitingFor?: string | null;
}

/**
 * The machines: what may be done with them and what becomes of it. State lives here, in one
 * thread; each change is written to the database and told to whoever listens.
 */
export class VmService {
  private readonly entries = new Map<string, Entry>();
  private readonly changeListeners = new Set<(id: string) => void>();

  constructor(
    private readonly store: Pick<VmStore, 'list' | 'insert' | 'save' | 'delete'>,
    private readonly agent: HostAgent,
    private readonly images: Pick<ImageService, 'ready'>,
    private readonly bus: EventBus,
    private readonly log: Log,
  ) {}

  /** Takes up the machines where the last console left them. */
  async open(): Promise<void> {
    for (const { vm, desired } of await this.store.list()) {
      this.entries.set(vm.id, { vm, desired, queue: Promise.resolve(), saving: Promise.resolve() });
    }
    const { machines, strangers } = await this.agent.open(new Set(this.entries.keys()));
    const reports = new Map(machines.map((report) => [report.id, report]));
    for (const [id, entry] of this.entries) this.takeUp(entry, reports.get(id));
    this.agent.onReport((report) => this.onReport(report));
    for (const { id, pid } of strangers) {
      this.log.warn('a monitor runs for a machine this console does not know', {
        machine: id,
        pid,
      });
      this.bus.publish({
        type: 'host.notice',
        code: 'unknown-monitor',
        detail: `A monitor (pid ${pid}) runs for the machine ${id}, which this console does not know.`,
        hint: `It is left alone. If nobody needs it, end it with \`kill ${pid}\`.`,
      });
    }
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

  /** @throws ProblemError 409 when the name is taken, 422 when the host has not that much memory */
  async create(input: NewVm): Promise<Vm> {
    await this.checkCapacity(input.memoryBytes);
    const now = new Date().toISOString();
    const vm: Vm = {
      id: randomUUID(),
      name: input.name,
      image: input.image,
      vcpus: input.vcpus,
      memoryBytes: input.memoryBytes,
      cmdline: input.cmdline,
      state: 'stopped',
      stateSince: now,
      crash: null,
      waitingFor: null,
      problem: null,
      createdAt: now,
    };
    try {
      await this.store.insert({ vm, desired: 'stopped' });
    } catch (error) {
      if (error instanceof NameTaken) throw nameTaken(vm.name);
      throw error;
    }
    const entry: Entry = {
      vm,
      desired: 'stopped',
      queue: Promise.resolve(),
      saving: Promise.resolve(),
    };
    this.entries.set(vm.id, entry);
    this.bus.publish({ type: 'vm.changed', vm });
    if (input.start) this.beginStart(entry);
    return entry.vm;
  }

  /** @throws ProblemError 404, 409 while it runs */
  async delete(id: string): Promise<void> {
    const entry = this.entryFor(id, 'delete');
    // From here on nothing finds it any more, so no start can come in between.
    this.entries.delete(id);
    await entry.saving;
    await this.store.delete(id);
    this.bus.publish({ type: 'vm.deleted', id });
    this.tellChanged(id);
    await this.agent.forget(id).catch((error: unknown) => {
      this.log.warn('what was kept of a deleted machine could not be removed', {
        machine: id,
        cause: messageOf(error),
      });
    });
  }

  /**
   * Begins a start. What becomes of it is told by events: it may wait for the image.
   * @throws ProblemError 404, 409 when it runs or starts already
   */
  async start(id: string): Promise<Vm> {
    await this.checkCapacity(this.entryFor(id, 'start').vm.memoryBytes);
    // Again: another start may have come while the host was asked.
    const entry = this.entryFor(id, 'start');
    this.beginStart(entry);
    await entry.saving;
    return entry.vm;
  }

  /** Pulls the plug, or gives up a start. Returns when no monitor is left. */
  async stop(id: string): Promise<Vm> {
    const entry = this.entryFor(id, 'stop');
    entry.desired = 'stopped';
    this.change(entry, { state: 'stopping', waitingFor: null });
    const { starting } = entry;
    starting?.abort.abort(new Error('the start was given up'));
    await starting?.done;
    await this.agent.stop(id);
    if (entry.vm.state === 'stopping') this.change(entry, { state: 'stopped' });
    await entry.saving;
    return entry.vm;
  }

  pause(id: string): Promise<Vm> {
    return this.act(id, 'pause', () => this.agent.pause(id));
  }

  resume(id: string): Promise<Vm> {
    return this.act(id, 'resume', () => this.agent.resume(id));
  }

  reset(id: string): Promise<Vm> {
    return this.act(id, 'reset', () => this.agent.reset(id));
  }

  /** @returns stops the listening */
  onChange(listener: (id: string) => void): () => void {
    this.changeListeners.add(listener);
    return () => this.changeListeners.delete(listener);
  }

  /** Gives up starts that wait, and lets the last writes reach the database. */
  async close(): Promise<void> {
    const entries = [...this.entries.values()];
    for (const { starting } of entries) starting?.abort.abort(new Error('the console stops'));
    await Promise.all(entries.map((entry) => entry.starting?.done));
    await Promise.all(entries.map((entry) => entry.saving));
  }

  private takeUp(entry: Entry, report: MachineReport | undefined): void {
    const { changes, desired, stop } = reconcile(entry, report);
    entry.desired = desired;
    if (changes !== undefined) {
      this.log.info('a machine is not as the last console left it', {
        machine: entry.vm.id,
        was: entry.vm.state,
        is: changes.state,
      });
      this.change(entry, changes);
    }
    if (stop) {
      void this.stop(entry.vm.id).catch((error: unknown) => {
        this.log.error('a machine could not be stopped', {
          machine: entry.vm.id,
          cause: messageOf(error),
        });
      });
    }
  }

  private beginStart(entry: Entry): void {
    const starting: StartInProgress = { abort: new AbortController(), done: Promise.resolve() };
    entry.starting = starting;
    entry.desired = 'running';
    this.change(entry, { state: 'starting', crash: null, problem: null, waitingFor: null });
    starting.done = this.runStart(entry, starting);
  }

  private async runStart(entry: Entry, starting: StartInProgress): Promise<void> {
    const { signal } = starting.abort;
    const { id, vcpus, memoryBytes, cmdline } = entry.vm;
    try {
      const image = await this.images.ready(signal, (what) =>
        this.change(entry, { waitingFor: what }),
      );
      if (entry.vm.waitingFor !== null) this.change(entry, { waitingFor: null });
      await this.agent.start(
        {
          id,
          vcpus,
          memoryBytes,
          kernel: image.kernel,
          ...(image.initrd === undefined ? {} : { initrd: image.initrd }),
          cmdline: [image.cmdline, cmdline].filter(Boolean).join(' '),
        },
        signal,
      );
      delete entry.starting;
      if (starting.ended !== undefined) this.onReport(starting.ended);
    } catch (error) {
      delete entry.starting;
      // Given up: stop() says what comes next, or the console ends and the next one does.
      if (signal.aborted) return;
      this.log.warn('a machine could not be started', { machine: id, cause: messageOf(error) });
      entry.desired = 'stopped';
      this.change(entry, { state: 'stopped', waitingFor: null, problem: startProblem(error) });
    }
  }

  private onReport(report: MachineReport): void {
    const entry = this.entries.get(report.id);
    if (entry === undefined) return;
    const { state, since } = report;
    const final = state === 'stopped' || state === 'crashed';
    if (final && entry.starting !== undefined) {
      // How the start itself ends decides: this may be its own clearing away.
      entry.starting.ended = report;
      return;
    }
    if (entry.vm.state === 'stopping' && !final) return;
    if (final && entry.desired === 'stopped') {
      // What ends while it is being stopped has not crashed.
      if (entry.vm.state === 'stopping') this.change(entry, { state: 'stopped', since });
      return;
    }
    if (final) entry.desired = 'stopped';
    this.change(entry, { state, since, crash: report.crash ?? null, waitingFor: null });
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

  private change(entry: Entry, changes: Changes): void {
    const { since, ...rest } = changes;
    const moved = rest.state !== undefined && rest.state !== entry.vm.state;
    entry.vm = {
      ...entry.vm,
      ...rest,
      ...(moved || since !== undefined ? { stateSince: since ?? new Date().toISOString() } : {}),
    };
    const snapshot = { vm: entry.vm, desired: entry.desired };
    entry.saving = entry.saving
      .then(() => this.store.save(snapshot))
      .catch((error: unknown) => {
        this.log.error('a change could not be written to the database', {
          machine: entry.vm.id,
          cause: messageOf(error),
        });
      });
    this.bus.publish({ type: 'vm.changed', vm: entry.vm });
    this.tellChanged(entry.vm.id);
  }

  private tellChanged(id: string): void {
    for (const listener of this.changeListeners) listener(id);
  }

  private async checkCapacity(memoryBytes: number): Promise<void> {
    const host = await this.agent.facts();
    if (memoryBytes > host.memoryBytes) throw tooMuchMemory(host.memoryBytes);
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
