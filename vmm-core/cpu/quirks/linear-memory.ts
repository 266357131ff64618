import type { Vcpu } from '../../kvm/vcpu';
import type { GuestMemory } from '../../memory/guest-memory';

const PAGE = 4096n;
const MASK_64 = (1n << 64n) - 1n;

/** The guest's own page tables have no page for an address. */
export class GuestPageFault extends Error {
  constructor(
    readonly address: bigint,
    readonly isWrite: boolean,
  ) {
    super(`no page at linear 0x${address.toString(16)}`);
    this.name = 'GuestPageFault';
  }
}

/** Guest memory by linear address, as the vCPU's instructions see it; a page at a time. */
export class LinearMemory {
  constructor(
    private readonly vcpu: Vcpu,
    private readonly memory: GuestMemory,
  ) {}

  /** @throws GuestPageFault, GuestAddressError where the page is no RAM */
  read(address: bigint, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.pieces(address, length, false, (gpa, at, size) => {
      bytes.set(this.memory.bytes(gpa, size), at);
    });
    return bytes;
  }

  write(address: bigint, bytes: Uint8Array): void {
    // All pages first: an instruction that faults has written nothing.
    this.pieces(address, bytes.length, true, () => undefined);
    this.pieces(address, bytes.length, true, (gpa, at, size) => {
      this.memory.bytes(gpa, size).set(bytes.subarray(at, at + size));
    });
  }

  readU64(address: bigint): bigint {
    const bytes = this.read(address, 8);
    return new DataView(bytes.buffer).getBigUint64(0, true);
  }

  /** As many bytes from `address` as there are pages for, up to `length`. */
  readAvailable(address: bigint, length: number): Uint8Array {
    const untilPageEnd = Number(PAGE - (address & (PAGE - 1n)));
    try {
      return this.read(address, length);
    } catch {
      if (untilPageEnd >= length) return new Uint8Array(0);
    }
    try {
      return this.read(address, untilPageEnd);
    } catch {
      return new Uint8Array(0);
    }
  }

  private pieces(
    address: bigint,
    length: number,
    isWrite: boolean,
    each: (gpa: number, at: number, size: number) => void,
  ): void {
    for (let at = 0; at < length; ) {
      const linear = (address + BigInt(at)) & MASK_64;
      const size = Math.min(length - at, Number(PAGE - (linear & (PAGE - 1n))));
      const gpa = this.vcpu.translate(linear);
      if (gpa < 0) throw new GuestPageFault(linear, isWrite);
      each(gpa, at, size);
      at += size;
    }
  }
}
