import { loadKernel } from '../boot/load';
import { vcpuCpuid } from '../cpu/cpuid';
import type { CrashedVcpu } from '../cpu/crash';
import { setBootMsrs, setEntryState, setVirtualWire } from '../cpu/entry-state';
import { quirkCmdline } from '../cpu/quirks/cmdline';
import { hideHypercalls } from '../cpu/quirks/cpuid';
import type { HostQuirks } from '../cpu/quirks/host-quirks';
import { MSR_LSTAR } from '../cpu/quirks/syscall';
import type { VcpuEnd } from '../cpu/vcpu-loop';
import { COMMAND_LEAVE, COMMAND_PAUSE, COMMAND_RUN, VcpuSlot } from '../cpu/vcpu-slot';
import type { VcpuThreads } from '../cpu/vcpu-threads';
import { xsaveComponents } from '../cpu/xsave-layout';
import type { DeviceHost } from '../devices/device-host';
import { Serial } from '../devices/serial';
import type { VirtioDevice } from '../devices/virtio/virtio-device';
import type { Kvm } from '../kvm/kvm';
import { Vcpu } from '../kvm/vcpu';
import type { Vm } from '../kvm/vm';
import { GuestRam } from '../memory/guest-memory';
import { kickThread } from '../sys/threads';
import type { MachineConfig } from './config';
import { type ConsoleHandle, ConsoleWriter } from './console-writer';
import { MachineStats } from './machine-stats';
import { Platform } from './platform';
import { COM1_IRQ } from './ports';

/** What of a monitor its machines share, one after the other. */
export interface MachineHost {
  readonly kvm: Kvm;
  readonly quirks: HostQuirks;
  readonly threads: VcpuThreads;
  readonly devices: DeviceHost;
  readonly console: ConsoleHandle;
  /** One a vCPU; counters in them go on from machine to machine. */
  readonly slots: readonly SharedArrayBuffer[];
  readonly serial: SharedArrayBuffer;
  /** Devices outlive a reset; each boot connects them anew. */
  readonly virtio: readonly VirtioDevice[];
}

/** What the guest brought about. */
export type MachineEvent =
  | { readonly kind: 'reset' }
  | { readonly kind: 'poweroff' }
  | { readonly kind: 'panic' }
  | { readonly kind: 'exit'; readonly code: number }
  | {
      readonly kind: 'crashed';
      readonly vcpu: number;
      readonly crash: CrashedVcpu;
      readonly bytesAtRip: string;
    };

interface RunningVcpu {
  readonly vcpu: Vcpu;
  readonly slot: VcpuSlot;
  ended: boolean;
  onStill: () => void;
}

const INSTRUCTION_BYTES = 16;

/** One boot of a machine, from KVM_CREATE_VM to its end. A reset makes a new one. */
export class Machine {
  readonly serial: Serial;
  readonly platform: Platform;
  readonly stats: MachineStats;
  private onEvent: (event: MachineEvent) => void = () => undefined;
  private readonly vcpus: RunningVcpu[] = [];

  /**
   * Makes the machine, ready to run.
   * @throws BootError, SysError; nothing is left behind then
   */
  static create(host: MachineHost, config: MachineConfig): Machine {
    const ram = new GuestRam(config.memoryBytes, config.memoryPages);
    let vm: Vm | undefined;
    try {
      vm = host.kvm.createVm();
      // The filter and the memory first: once there are interrupt controllers, each waits for a
      // grace period of the kernel's, 5 to 30 ms. The controllers must be there before the first
      // vCPU, which gets a local APIC.
      if (host.quirks.syscallStaysInUserMode) vm.exitOnMsrWrite(MSR_LSTAR);
      ram.memory.regions.forEach((region, slot) => {
        vm?.setMemoryRegion(slot, region.gpa, region.size, ram.handle.address + region.offset);
      });
      vm.createIrqchip();
      return new Machine(host, config, ram, vm);
    } catch (error) {
      vm?.close();
      ram.release();
      throw error;
    }
  }

  private constructor(
    private readonly host: MachineHost,
    private readonly config: MachineConfig,
    private readonly ram: GuestRam,
    private readonly vm: Vm,
  ) {
    const console = new ConsoleWriter(host.console);
    this.serial = new Serial(host.serial, {
      transmit: (byte) => console.write(byte),
      setInterrupt: (level) => vm.setIrqLine(COM1_IRQ, level),
    });
    const boot = loadKernel(
      ram,
      config.boot,
      config.vcpus,
      quirkCmdline(host.quirks, config.cpu?.template),
    );
    this.platform = new Platform(
      vm,
      ram.memory,
      { debugExit: config.debugExit, virtio: host.virtio },
      {
        reset: () => this.onEvent({ kind: 'reset' }),
        powerOff: () => this.onEvent({ kind: 'poweroff' }),
        panicked: () => this.onEvent({ kind: 'panic' }),
        exit: (code) => this.onEvent({ kind: 'exit', code }),
      },
    );
    try {
      for (let index = 0; index < config.vcpus; index++) this.addVcpu(index);
      const [first] = this.vcpus;
      if (first !== undefined) setEntryState(first.vcpu, boot);
      this.stats = MachineStats.open(
        vm.fd,
        this.vcpus.map(({ vcpu }) => vcpu.fd),
      );
    } catch (error) {
      for (const { vcpu } of this.vcpus) vcpu.close();
      this.platform.release();
      throw error;
    }
  }

  private addVcpu(index: number): void {
    const slot = this.host.slots[index];
    if (slot === undefined) throw new RangeError(`no slot for vCPU ${index}`);
    const vcpu = new Vcpu(this.vm.createVcpu(index), this.vm.runSize);
    this.vcpus.push({ vcpu, slot: new VcpuSlot(slot), ended: false, onStill: () => undefined });
    // CPUID first: which MSRs there are depends on it.
    const { vcpus, cpu } = this.config;
    const supported = this.host.kvm.supportedCpuid();
    const cpuid = vcpuCpuid(supported, { index, vcpus }, cpu?.template ?? 'host');
    hideHypercalls(cpuid, this.host.quirks);
    vcpu.setCpuid(cpuid);
    setBootMsrs(vcpu);
    setVirtualWire(vcpu);
  }

  /** Lets all vCPUs go. Application processors wait in KVM for INIT and SIPI. */
  run(onEvent: (event: MachineEvent) => void): void {
    const { host } = this;
    this.serial.reset();
    this.onEvent = onEvent;
    host.devices.attach(host.slots.slice(0, this.vcpus.length), this.platform);
    const components = xsaveComponents(host.kvm.supportedCpuid());
    this.vcpus.forEach((running, index) => {
      running.slot.threadId = 0;
      running.slot.setCommand(COMMAND_RUN);
      host.threads.of(index).run(
        {
          index,
          vcpuFd: running.vcpu.fd,
          vmFd: this.vm.fd,
          runSize: this.vm.runSize,
          memory: this.ram.handle,
          slot: host.slots[index] as SharedArrayBuffer,
          serial: host.serial,
          console: host.console,
          doorbellFd: host.devices.doorbell.fd,
          quirks: host.quirks,
          xsaveComponents: components,
        },
        {
          onPaused: () => running.onStill(),
          onEnded: (end) => this.vcpuEnded(index, running, end, onEvent),
        },
      );
    });
  }

  private vcpuEnded(
    index: number,
    running: RunningVcpu,
    end: VcpuEnd,
    onEvent: (event: MachineEvent) => void,
  ): void {
    running.ended = true;
    running.onStill();
    if (end.kind === 'crashed') {
      onEvent({
        kind: 'crashed',
        vcpu: index,
        crash: end.crash,
        bytesAtRip: this.bytesAt(end.crash),
      });
    }
  }

  private bytesAt(crash: CrashedVcpu): string {
    if (!this.ram.memory.contains(crash.ripGpa, INSTRUCTION_BYTES))
      return crash.kvmInstructionBytes;
    return Buffer.from(this.ram.memory.bytes(crash.ripGpa, INSTRUCTION_BYTES)).toString('hex');
  }

  /** Resolves once no vCPU runs guest code any more. */
  async pause(): Promise<void> {
    await this.command(COMMAND_PAUSE);
    for (const { vcpu, ended } of this.vcpus) if (!ended) vcpu.notePaused();
  }

  resume(): void {
    for (const { slot } of this.vcpus) slot.setCommand(COMMAND_RUN);
  }

  /** Ends the machine and gives back all it held. */
  async destroy(): Promise<void> {
    await this.command(COMMAND_LEAVE);
    await this.platform.stop();
    this.platform.release();
    this.stats.close();
    for (const { vcpu } of this.vcpus) vcpu.close();
    this.vm.close();
    this.ram.release();
  }

  private async command(command: number): Promise<void> {
    await Promise.all(
      this.vcpus
        .filter((running) => !running.ended)
        .map(
          (running) =>
            new Promise<void>((resolve) => {
              running.onStill = resolve;
              running.slot.setCommand(command);
              // A thread that is between two KVM_RUNs sees the flag, one inside is signalled.
              running.vcpu.setImmediateExit(true);
              if (running.slot.threadId !== 0) kickThread(running.slot.threadId);
            }),
        ),
    );
  }

  residentBytes(): number {
    return this.ram.residentBytes();
  }
}
