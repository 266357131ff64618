import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { HostQuirks } from '../cpu/quirks/host-quirks';
import { quirkNames } from '../cpu/quirks/host-quirks';
import { createVcpuSlot } from '../cpu/vcpu-slot';
import type { VcpuThreads } from '../cpu/vcpu-threads';
import type { DeviceHost } from '../devices/device-host';
import { createSerialState } from '../devices/serial';
import type { Kvm } from '../kvm/kvm';
import { type MachineConfig, parseMachineConfig } from '../machine/config';
import type { Json } from '../machine/config-checks';
import { deviceNames } from '../machine/config-devices';
import { lastLines, readConsoleRing } from '../machine/console-file';
import type { ConsoleHandle } from '../machine/console-writer';
import type { DeviceSet } from '../machine/device-set';
import { Machine, type MachineEvent } from '../machine/machine';
import { HostRefusal } from '../sys/host-refusal';
import { SysError } from '../sys/sys-error';
import { crashReport, panicReport } from './crash-report';
import {
  type CrashReport,
  type GuestEnd,
  type MachineState,
  type MachineStatus,
  PROTOCOL_VERSION,
  RUN_FILES,
} from './protocol';
import { Refused } from './refused';
import { rehearseMachine } from './rehearsal';
import { type EndKind, Restarter } from './restarter';

const LAST_LINES = 20;

export interface LifecycleHost {
  readonly runDir: string;
  readonly kvm: Kvm;
  readonly quirks: HostQuirks;
  readonly threads: VcpuThreads;
  readonly devices: DeviceHost;
  /** The bundle this process runs, which its worker threads run too. */
  readonly program: string;
  readonly console: ConsoleHandle;
}

/** The states of the one machine of this process, and every way from one to another. */
export class Lifecycle {
  private state: MachineState = 'stopped';
  private since = new Date();
  private boots = 0;
  private bootedAt = 0;
  private config: MachineConfig | undefined;
  private ended: GuestEnd | undefined;
  private crash: CrashReport | undefined;
  private current: Machine | undefined;
  private deviceSet: DeviceSet | undefined;
  private restarter = new Restarter('never');
  private restart: { readonly at: Date; readonly timer: NodeJS.Timeout } | undefined;
  private shutdownTimer: NodeJS.Timeout | undefined;
  private shutdownIgnoredAt: Date | undefined;
  private readonly serial = createSerialState();
  private slotStates: SharedArrayBuffer[] = [];
  /** Changes of state happen one after the other. */
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly host: LifecycleHost,
    private readonly onChange: (status: MachineStatus) => void,
  ) {}

  get machine(): Machine | undefined {
    return this.current;
  }

  get slots(): readonly SharedArrayBuffer[] {
    return this.slotStates;
  }

  status(): MachineStatus {
    return {
      protocol: PROTOCOL_VERSION,
      pid: process.pid,
      state: this.state,
      since: this.since.toISOString(),
      boots: this.boots,
      ...(this.config === undefined ? {} : { config: this.config }),
      ...(this.ended === undefined ? {} : { ended: this.ended }),
      ...(this.crash === undefined ? {} : { crash: this.crash }),
      ...(this.restart === undefined ? {} : { restartAt: this.restart.at.toISOString() }),
      ...(this.shutdownIgnoredAt === undefined
        ? {}
        : { shutdownIgnoredAt: this.shutdownIgnoredAt.toISOString() }),
      quirks: quirkNames(this.host.quirks),
    };
  }

  /** @throws ConfigError, Refused once the machine was started */
  configure(input: unknown): MachineConfig {
    if (this.boots > 0 || this.state !== 'stopped') {
      throw new Refused(
        'already-started',
        'the machine was started already',
        'Start another monitor for another machine.',
      );
    }
    this.config = parseMachineConfig(input, os.totalmem());
    this.restarter = new Restarter(this.config.restart ?? 'never');
    this.slotStates = Array.from({ length: this.config.vcpus }, createVcpuSlot);
    this.onChange(this.status());
    return this.config;
  }

  /** Runs the rehearsal, unless a machine was configured; a start that comes meanwhile waits. */
  async rehearse(): Promise<void> {
    await this.exclusively(async () => {
      if (this.config !== undefined) return;
      await rehearseMachine(
        { ...this.host, serial: createSerialState(), virtio: [] },
        this.host.runDir,
      );
    });
  }

  start(): Promise<MachineStatus> {
    return this.exclusively(() => {
      this.expect('start', ['stopped']);
      this.cancelRestart();
      return this.boot();
    });
  }

  pause(): Promise<MachineStatus> {
    return this.exclusively(async () => {
      this.expect('pause', ['running']);
      await this.current?.pause();
      // The guest may have ended meanwhile; then that stands.
      if (this.state === 'running') this.enter('paused');
    });
  }

  resume(): Promise<MachineStatus> {
    return this.exclusively(() => {
      this.expect('resume', ['paused']);
      this.current?.resume();
      this.enter('running');
    });
  }

  reset(): Promise<MachineStatus> {
    return this.exclusively(() => {
      this.expect('reset', ['running', 'paused', 'stopping']);
      return this.bootAgain();
    });
  }

  /**
   * Presses the power button. A guest that does not power off within `timeoutMs` runs on; that it
   * was asked is then part of its status.
   */
  shutdown(timeoutMs: number): Promise<MachineStatus> {
    return this.exclusively(() => {
      this.expect('shut down', ['running', 'stopping']);
      this.current?.platform.pressPowerButton();
      clearTimeout(this.shutdownTimer);
      this.shutdownTimer = setTimeout(() => void this.giveUpShutdown(), timeoutMs);
      this.shutdownIgnoredAt = undefined;
      if (this.state === 'running') this.enter('stopping');
    });
  }

  private giveUpShutdown(): Promise<MachineStatus> {
    return this.exclusively(() => {
      if (this.state !== 'stopping') return;
      this.shutdownIgnoredAt = this.since;
      this.enter('running');
    });
  }

  /** Changes a device while the machine is there. @throws ConfigError, Refused */
  changeDevice(name: string, change: Json): void {
    this.expect('change a device of', ['running', 'paused', 'stopping']);
    this.deviceSet?.change(name, change);
  }

  stop(): Promise<MachineStatus> {
    return this.exclusively(async () => {
      this.cancelRestart();
      if (this.state === 'stopped') return;
      this.expect('stop', ['running', 'paused', 'stopping', 'crashed']);
      this.enter('stopping');
      await this.destroy();
      this.enter('stopped');
    });
  }

  private expect(action: string, states: readonly MachineState[]): void {
    if (this.config === undefined) {
      throw new Refused(
        'not-configured',
        `cannot ${action}: no machine is configured`,
        'Send a configuration first.',
      );
    }
    if (!states.includes(this.state)) {
      throw new Refused(
        'wrong-state',
        `cannot ${action} a machine that is ${this.state}`,
        `It must be ${states.join(' or ')}.`,
      );
    }
  }

  /** @param after how the guest ended the boot before, if it asked for this one */
  private async boot(after?: GuestEnd): Promise<void> {
    const { config } = this;
    if (config === undefined) return;
    this.ended = after;
    this.crash = undefined;
    this.shutdownIgnoredAt = undefined;
    this.enter('starting');
    try {
      const { scheduling } = config;
      if (scheduling !== undefined) await this.host.threads.schedule(config.vcpus, scheduling);
      this.deviceSet ??= await openDevices(config, this.host.program);
      const virtio = this.deviceSet?.virtio ?? [];
      const machine = Machine.create(
        { ...this.host, slots: this.slotStates, serial: this.serial, virtio },
        config,
      );
      this.current = machine;
      machine.run((event) => {
        if (this.current === machine)
          void this.exclusively(() => this.onGuestEvent(machine, event));
      });
    } catch (error) {
      await this.closeDevices();
      this.enter('stopped');
      throw explain(error);
    }
    this.boots++;
    this.bootedAt = Date.now();
    this.enter('running');
  }

  private async bootAgain(after?: GuestEnd): Promise<void> {
    await this.destroyMachine();
    await this.boot(after);
  }

  /** A reset keeps the devices, with what they hold of the host. */
  private async destroyMachine(): Promise<void> {
    clearTimeout(this.shutdownTimer);
    await this.current?.destroy();
    this.current = undefined;
  }

  private async destroy(): Promise<void> {
    await this.destroyMachine();
    await this.closeDevices();
  }

  private async closeDevices(): Promise<void> {
    await this.deviceSet?.close();
    this.deviceSet = undefined;
  }

  private async onGuestEvent(machine: Machine, event: MachineEvent): Promise<void> {
    // Something else ended this boot while the event waited for its turn.
    if (this.current !== machine) return;
    switch (event.kind) {
      case 'reset':
        await this.rebootForGuest({ kind: 'reset' });
        return;
      case 'exit':
        await this.endedBy({ kind: 'debug-exit', code: event.code });
        return;
      case 'poweroff':
        await this.endedBy({ kind: 'poweroff' });
        return;
      case 'panic':
        await this.crashed(panicReport(this.consoleLines()));
        return;
      case 'crashed':
        await this.crashed(crashReport(event, this.consoleLines()));
    }
  }

  private async endedBy(end: GuestEnd): Promise<void> {
    const wasAsked = this.state === 'stopping';
    const ranMs = this.ranMs();
    this.ended = end;
    await this.destroy();
    // A guest that powers off because it was asked to stays down, whatever the policy.
    if (!wasAsked) this.scheduleRestart('ended', ranMs);
    this.enter('stopped');
  }

  private async crashed(report: CrashReport): Promise<void> {
    const ranMs = this.ranMs();
    await this.destroy();
    this.scheduleRestart('crashed', ranMs);
    this.recordCrash(report);
  }

  private ranMs(): number {
    return Date.now() - this.bootedAt;
  }

  private scheduleRestart(kind: EndKind, ranMs: number): void {
    const delay = this.restarter.delayAfter(kind, ranMs);
    if (delay === undefined) return;
    const timer = setTimeout(() => void this.exclusively(() => this.restartNow()), delay);
    this.restart = { at: new Date(Date.now() + delay), timer };
  }

  private async restartNow(): Promise<void> {
    if (this.restart === undefined) return;
    this.cancelRestart();
    await this.rebootForGuest(this.ended);
  }

  private cancelRestart(): void {
    clearTimeout(this.restart?.timer);
    this.restart = undefined;
  }

  /** The guest asked for it, so there is nobody to tell of a failure but the crash report. */
  private async rebootForGuest(after: GuestEnd | undefined): Promise<void> {
    try {
      await this.bootAgain(after);
    } catch (error) {
      const { message, hint } = explain(error);
      this.recordCrash({
        reason: 'boot-failure',
        message: `the machine could not boot again: ${message}`,
        hint,
        at: new Date().toISOString(),
        lastLines: this.consoleLines(),
      });
    }
  }

  private recordCrash(crash: CrashReport): void {
    this.crash = crash;
    fs.writeFileSync(path.join(this.host.runDir, RUN_FILES.crash), JSON.stringify(crash));
    this.enter('crashed');
  }

  private consoleLines(): readonly string[] {
    return lastLines(readConsoleRing(path.join(this.host.runDir, RUN_FILES.console)), LAST_LINES);
  }

  private enter(state: MachineState): void {
    this.state = state;
    this.since = new Date();
    this.onChange(this.status());
  }

  private exclusively(change: () => void | Promise<void>): Promise<MachineStatus> {
    const done = this.queue.then(change).then(() => this.status());
    this.queue = done.catch(() => undefined);
    return done;
  }
}

/** The code of devices is loaded for machines that have some: a start is waited for. */
async function openDevices(config: MachineConfig, program: string): Promise<DeviceSet | undefined> {
  if (deviceNames(config).length === 0) return undefined;
  const { DeviceSet } = await import('../machine/device-set');
  return DeviceSet.open(config, program);
}

/** What kept a machine from starting, with the next step. */
function explain(error: unknown): Refused {
  if (error instanceof HostRefusal) return new Refused(error.code, error.message, error.hint, 422);
  if (error instanceof SysError) {
    return new Refused(
      'host-refused',
      `this host refused: ${error.message}`,
      hintFor(error.code),
      503,
    );
  }
  throw error;
}

function hintFor(code: string): string {
  if (code === 'ENOMEM') {
    return 'Give the machine less memory, or stop another one; huge pages come from vm.nr_hugepages.';
  }
  if (code === 'EMFILE' || code === 'ENFILE') return 'Raise the limit of open files.';
  return "See the monitor's log and the host's doctor page.";
}
