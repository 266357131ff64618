import { EXIT, FLAG } from '../kvm/abi';
import { KVM_RUN } from '../kvm/layout';
import type { Vcpu } from '../kvm/vcpu';
import type { Bus } from '../machine/bus';
import { errno } from '../sys/libc';
import { type CrashedVcpu, describeCrash } from './crash';
import type { QuirkHandlers } from './quirks/handlers';
import { COMMAND_LEAVE, COMMAND_PAUSE, type VcpuSlot } from './vcpu-slot';

const EINTR = 4;
const EAGAIN = 11;

const EXIT_REASON = KVM_RUN.at.exit_reason;
const IO_DIRECTION = KVM_RUN.at['io.direction'];
const IO_SIZE = KVM_RUN.at['io.size'];
const IO_PORT = KVM_RUN.at['io.port'];
const IO_COUNT = KVM_RUN.at['io.count'];
const IO_DATA = KVM_RUN.at['io.data_offset'];
const MMIO_DATA = KVM_RUN.at['mmio.data'];
const MMIO_IS_WRITE = KVM_RUN.at['mmio.is_write'];
const MMIO_ADDRESS = KVM_RUN.at['mmio.phys_addr'];
const MMIO_LENGTH = KVM_RUN.at['mmio.len'];
/** The widest access that devices take; wider ones come as several. */
const MMIO_WIDEST = 4;

/** Why a vCPU is no longer in its loop. */
export type VcpuEnd =
  | { readonly kind: 'left' }
  | { readonly kind: 'crashed'; readonly crash: CrashedVcpu };

/** The loop every vCPU lives in: enter the guest, serve what it came out for, enter again. */
export class VcpuLoop {
  constructor(
    private readonly vcpu: Vcpu,
    private readonly slot: VcpuSlot,
    private readonly ports: Bus,
    private readonly memory: Bus,
    private readonly quirks: QuirkHandlers,
    private readonly onPaused: () => void,
  ) {}

  run(): VcpuEnd {
    const { vcpu, slot } = this;
    const { run } = vcpu;
    for (;;) {
      if (vcpu.enter() < 0) {
        const code = errno();
        // EAGAIN: an application processor that waited has been started.
        if (code === EAGAIN) continue;
        if (code !== EINTR) return this.crashed('kvm-error', `KVM_RUN failed with errno ${code}`);
        if (this.leaveAfterKick()) return { kind: 'left' };
        continue;
      }
      const reason = run.getUint32(EXIT_REASON, true);
      slot.countExit(reason);
      switch (reason) {
        case EXIT.KVM_EXIT_IO:
          this.servePort();
          continue;
        case EXIT.KVM_EXIT_MMIO:
          this.serveMemory();
          continue;
        case EXIT.KVM_EXIT_INTR:
        case EXIT.KVM_EXIT_IRQ_WINDOW_OPEN:
          continue;
        case EXIT.KVM_EXIT_DEBUG:
          if (this.quirks.onDebugExit()) continue;
          return this.crashed('unknown-exit', 'the guest came to a breakpoint nobody set');
        case EXIT.KVM_EXIT_X86_WRMSR:
          this.quirks.onMsrWrite();
          continue;
        case EXIT.KVM_EXIT_INTERNAL_ERROR:
          if (this.isEmulationFailure() && this.quirks.emulateInstruction()) continue;
          return this.internalError();
        case EXIT.KVM_EXIT_SHUTDOWN:
          return this.crashed('triple-fault', 'the guest took a triple fault');
        case EXIT.KVM_EXIT_FAIL_ENTRY: {
          const why = run.getBigUint64(
            KVM_RUN.at['fail_entry.hardware_entry_failure_reason'],
            true,
          );
          return this.crashed(
            'entry-failure',
            `the processor refused to enter the guest: 0x${why.toString(16)}`,
          );
        }
        default:
          return this.crashed('unknown-exit', `KVM exit reason ${reason} is not known here`);
      }
    }
  }

  /** A kick came: look what is wanted. @returns whether the loop ends */
  private leaveAfterKick(): boolean {
    const { vcpu, slot } = this;
    vcpu.setImmediateExit(false);
    slot.countKick();
    if (slot.command === COMMAND_PAUSE) {
      // KVM_RUN completes a read that was served before it looks at the flag or at a signal, so the
      // registers are whole now: EINTR never comes between an exit and its completion.
      slot.waitWhilePaused(this.onPaused);
    }
    return slot.command === COMMAND_LEAVE;
  }

  /** One access, or the elements of a string instruction one after the other. */
  private servePort(): void {
    const { run, runBytes } = this.vcpu;
    const isOut = runBytes[IO_DIRECTION] === FLAG.KVM_EXIT_IO_OUT;
    const size = runBytes[IO_SIZE] ?? 1;
    const port = run.getUint16(IO_PORT, true);
    const count = run.getUint32(IO_COUNT, true);
    let at = run.getUint32(IO_DATA, true);
    for (let i = 0; i < count; i++, at += size) {
      if (isOut) this.ports.write(port, size, readSized(run, at, size));
      else writeSized(run, at, size, this.ports.read(port, size));
    }
  }

  /** One access of 1 to 8 bytes. */
  private serveMemory(): void {
    const { run, runBytes } = this.vcpu;
    const address =
      run.getUint32(MMIO_ADDRESS, true) + run.getUint32(MMIO_ADDRESS + 4, true) * 2 ** 32;
    const isWrite = runBytes[MMIO_IS_WRITE] !== 0;
    const length = run.getUint32(MMIO_LENGTH, true);
    for (let done = 0; done < length; ) {
      const left = length - done;
      const size = left >= MMIO_WIDEST ? MMIO_WIDEST : left >= 2 ? 2 : 1;
      const at = MMIO_DATA + done;
      if (isWrite) this.memory.write(address + done, size, readSized(run, at, size));
      else writeSized(run, at, size, this.memory.read(address + done, size));
      done += size;
    }
  }

  private isEmulationFailure(): boolean {
    const suberror = this.vcpu.run.getUint32(KVM_RUN.at['internal.suberror'], true);
    return suberror === FLAG.KVM_INTERNAL_ERROR_EMULATION;
  }

  private internalError(): VcpuEnd {
    const suberror = this.vcpu.run.getUint32(KVM_RUN.at['internal.suberror'], true);
    return this.isEmulationFailure()
      ? this.crashed('emulation-failure', 'this host cannot run an instruction of the guest')
      : this.crashed('internal-error', `KVM gave up with internal error ${suberror}`);
  }

  private crashed(reason: CrashedVcpu['reason'], message: string): VcpuEnd {
    return { kind: 'crashed', crash: describeCrash(this.vcpu, reason, message) };
  }
}

function readSized(view: DataView, at: number, size: number): number {
  if (size === 1) return view.getUint8(at);
  return size === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
}

function writeSized(view: DataView, at: number, size: number, value: number): void {
  if (size === 1) view.setUint8(at, value);
  else if (size === 2) view.setUint16(at, value, true);
  else view.setUint32(at, value, true);
}
