import type { GuestMemory } from '../memory/guest-memory';

/**
 * Tells the guest of its processors and of the I/O APIC, by Intel's MultiProcessor Specification
 * 1.4, chapter 4. Guests without ACPI need it for more than one processor, and Linux uses the local
 * APIC's timer only when some table mentions it.
 */

/** The first KiB of memory is one of the places a guest looks, and the first; 4. */
const POINTER = 0x0;
const TABLE = 0x10;
const POINTER_BYTES = 16;
const HEADER_BYTES = 44;
const SPECIFICATION_REVISION = 4;

const LOCAL_APIC_ADDRESS = 0xfee0_0000;
const IO_APIC_ADDRESS = 0xfec0_0000;
/** Version registers of the APICs that KVM has in the kernel. */
const LOCAL_APIC_VERSION = 0x14;
const IO_APIC_VERSION = 0x11;
const ISA_PINS = 16;

// Entry types and the length of each; table 4-3.
const PROCESSOR = 0;
const BUS = 1;
const IO_APIC = 2;
const IO_INTERRUPT = 3;
const LOCAL_INTERRUPT = 4;

const CPU_ENABLED = 1;
const CPU_BOOT = 2;
const IO_APIC_ENABLED = 1;
const ISA_BUS = 0;
const INTERRUPT_VECTORED = 0;
const INTERRUPT_NMI = 1;
const INTERRUPT_EXTINT = 3;
const ALL_APICS = 0xff;

/** Below this there is room for all processors: 64 of them and the rest take 1.6 KiB. */
const LIMIT = 0x1000;

export function writeMpTable(memory: GuestMemory, vcpus: number): void {
  const ioApicId = vcpus;
  const entries = [
    ...Array.from({ length: vcpus }, (_, id) => processor(id)),
    bytes(8, (view) => {
      view.setUint8(0, BUS);
      view.setUint8(1, ISA_BUS);
      writeText(view, 2, 'ISA   ');
    }),
    bytes(8, (view) => {
      view.setUint8(0, IO_APIC);
      view.setUint8(1, ioApicId);
      view.setUint8(2, IO_APIC_VERSION);
      view.setUint8(3, IO_APIC_ENABLED);
      view.setUint32(4, IO_APIC_ADDRESS, true);
    }),
    // KVM wires ISA interrupt n to pin n of both controllers.
    ...Array.from({ length: ISA_PINS }, (_, pin) =>
      interrupt(IO_INTERRUPT, INTERRUPT_VECTORED, pin, ioApicId, pin),
    ),
    interrupt(LOCAL_INTERRUPT, INTERRUPT_EXTINT, 0, 0, 0),
    interrupt(LOCAL_INTERRUPT, INTERRUPT_NMI, 0, ALL_APICS, 1),
  ];
  const body = Buffer.concat(entries);
  const header = bytes(HEADER_BYTES, (view) => {
    writeText(view, 0, 'PCMP');
    view.setUint16(4, HEADER_BYTES + body.length, true);
    view.setUint8(6, SPECIFICATION_REVISION);
    writeText(view, 8, 'VIRTDECK');
    writeText(view, 16, 'MACHINE     ');
    view.setUint16(34, entries.length, true);
    view.setUint32(36, LOCAL_APIC_ADDRESS, true);
  });
  const table = withChecksum(Buffer.concat([header, body]), 7);
  const pointer = withChecksum(
    bytes(POINTER_BYTES, (view) => {
      writeText(view, 0, '_MP_');
      view.setUint32(4, TABLE, true);
      view.setUint8(8, 1);
      view.setUint8(9, SPECIFICATION_REVISION);
    }),
    10,
  );
  if (TABLE + table.length > LIMIT) throw new RangeError(`${vcpus} processors do not fit`);
  memory.bytes(POINTER, pointer.length).set(pointer);
  memory.bytes(TABLE, table.length).set(table);
}

function processor(id: number): Buffer {
  return bytes(20, (view) => {
    view.setUint8(0, PROCESSOR);
    view.setUint8(1, id);
    view.setUint8(2, LOCAL_APIC_VERSION);
    view.setUint8(3, CPU_ENABLED | (id === 0 ? CPU_BOOT : 0));
  });
}

/** Polarity and trigger as the bus has them, which the zeros say. */
function interrupt(type: number, kind: number, irq: number, apic: number, pin: number): Buffer {
  return bytes(8, (view) => {
    view.setUint8(0, type);
    view.setUint8(1, kind);
    view.setUint8(4, ISA_BUS);
    view.setUint8(5, irq);
    view.setUint8(6, apic);
    view.setUint8(7, pin);
  });
}

function bytes(length: number, fill: (view: DataView) => void): Buffer {
  const buffer = Buffer.alloc(length);
  fill(new DataView(buffer.buffer, buffer.byteOffset, length));
  return buffer;
}

function writeText(view: DataView, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) view.setUint8(at + i, text.charCodeAt(i));
}

/** All bytes of a structure add up to zero. */
function withChecksum(buffer: Buffer, at: number): Buffer {
  const sum = buffer.reduce((total, byte) => (total + byte) & 0xff, 0);
  buffer[at] = (0x100 - sum) & 0xff;
  return buffer;
}
