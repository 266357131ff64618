import { newXsaveBuffer, type Vcpu } from '../../kvm/vcpu';
import type { LinearMemory } from './linear-memory';

/**
 * XSAVE and XRSTOR in the standard form; SDM 1, 13.7 and 13.8. KVM hands out and takes the same
 * form, so a component is a copy of bytes.
 */
export interface XsaveComponent {
  readonly bit: number;
  readonly offset: number;
  readonly size: number;
}

// SDM 1, 13.4.1 and 13.4.2: the legacy region and the header.
const X87 = 0;
const SSE = 1;
const AVX = 2;
const MXCSR = 24;
const MXCSR_SIZE = 8; // MXCSR and MXCSR_MASK
const HEADER = 512;
const XMM = 160;
/** Bytes 0 to 23 and 32 to 159: control words, then the eight 80-bit registers. */
const X87_PARTS: readonly XsaveComponent[] = [
  { bit: X87, offset: 0, size: 24 },
  { bit: X87, offset: 32, size: 128 },
];
const SSE_PARTS: readonly XsaveComponent[] = [{ bit: SSE, offset: XMM, size: 256 }];

/** A range of XMM register `index` in the state, for instructions that move one. */
export const xmmOffset = (index: number): number => XMM + index * 16;
export const MXCSR_OFFSET = MXCSR;

export class XsaveArea {
  readonly state = newXsaveBuffer();
  private readonly parts: readonly XsaveComponent[];

  constructor(
    private readonly vcpu: Vcpu,
    private readonly memory: LinearMemory,
    extended: readonly XsaveComponent[],
  ) {
    this.parts = [...X87_PARTS, ...SSE_PARTS, ...extended];
  }

  load(): void {
    this.vcpu.readXsave(this.state);
  }

  store(): void {
    this.vcpu.writeXsave(this.state);
  }

  /** @param requested EDX:EAX */
  save(address: bigint, requested: bigint): void {
    const features = requested & this.vcpu.readXcr0();
    this.load();
    const inUse = this.state.view.getBigUint64(HEADER, true);
    for (const part of this.parts) {
      if (!has(features, part.bit)) continue;
      this.memory.write(
        address + BigInt(part.offset),
        this.state.bytes.subarray(part.offset, part.offset + part.size),
      );
    }
    if (has(features, SSE) || has(features, AVX)) {
      this.memory.write(
        address + BigInt(MXCSR),
        this.state.bytes.subarray(MXCSR, MXCSR + MXCSR_SIZE),
      );
    }
    // Bits that were not asked for keep their value in memory.
    const before = this.memory.readU64(address + BigInt(HEADER));
    const header = new Uint8Array(8);
    new DataView(header.buffer).setBigUint64(0, (before & ~features) | (inUse & features), true);
    this.memory.write(address + BigInt(HEADER), header);
  }

  /** A component whose bit in XSTATE_BV is clear goes to its initial configuration. */
  restore(address: bigint, requested: bigint): void {
    const features = requested & this.vcpu.readXcr0();
    const saved = this.memory.readU64(address + BigInt(HEADER));
    this.load();
    for (const part of this.parts) {
      if (!has(features, part.bit) || !has(saved, part.bit)) continue;
      this.state.bytes.set(this.memory.read(address + BigInt(part.offset), part.size), part.offset);
    }
    if (has(features, SSE) || has(features, AVX)) {
      this.state.bytes.set(this.memory.read(address + BigInt(MXCSR), 4), MXCSR);
    }
    const inUse = this.state.view.getBigUint64(HEADER, true);
    this.state.view.setBigUint64(HEADER, (inUse & ~features) | (saved & features), true);
    this.store();
  }
}

function has(features: bigint, bit: number): boolean {
  return ((features >> BigInt(bit)) & 1n) === 1n;
}
