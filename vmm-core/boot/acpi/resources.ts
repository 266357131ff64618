import { type Aml, buffer, littleEndian } from './aml';

/** Resource descriptors, the contents of a _CRS; ACPI 6.5, 6.4. */

// Small items carry their length in the tag, large ones behind it; 6.4.2, 6.4.3.
const IRQ_NO_FLAGS = 0x22;
const IO_PORT = 0x47;
const END_TAG = 0x79;
const MEMORY_32_FIXED = 0x86;
const DWORD_SPACE = 0x87;
const WORD_SPACE = 0x88;

const DECODE_16 = 1;
const READ_WRITE = 1;

// Space descriptors; 6.4.3.5.
const MEMORY_RANGE = 0;
const IO_RANGE = 1;
const BUS_RANGE = 2;
/** Minimum and maximum are fixed, and the device hands the range on to its children. */
const FIXED_PRODUCER = 0x0c;
const ENTIRE_RANGE = 3;

/** All descriptors of one _CRS, with the end tag; a checksum of zero counts as right; 6.4.2.9. */
export function resources(...descriptors: readonly (readonly number[])[]): Aml {
  return buffer(Uint8Array.from([...descriptors.flat(), END_TAG, 0]));
}

/** Ports that the device decodes, all 16 bits of them; 6.4.2.5. */
export function ioPorts(first: number, count: number): number[] {
  const at = littleEndian(first, 2);
  return [IO_PORT, DECODE_16, ...at, ...at, 1, count];
}

/** An edge-triggered, active-high ISA interrupt; 6.4.2.1. */
export function isaInterrupt(irq: number): number[] {
  return [IRQ_NO_FLAGS, ...littleEndian(1 << irq, 2)];
}

/** Memory at an address that does not change; 6.4.3.4. */
export function fixedMemory(base: number, size: number): number[] {
  return [
    MEMORY_32_FIXED,
    ...littleEndian(9, 2),
    READ_WRITE,
    ...littleEndian(base, 4),
    ...littleEndian(size, 4),
  ];
}

export function busNumbers(first: number, last: number): number[] {
  return wordSpace(BUS_RANGE, 0, first, last);
}

export function ioWindow(first: number, last: number): number[] {
  return wordSpace(IO_RANGE, ENTIRE_RANGE, first, last);
}

/** Memory that a bridge passes on, not cacheable and not prefetchable; 6.4.3.5.2. */
export function memoryWindow(base: number, size: number): number[] {
  return [
    DWORD_SPACE,
    ...littleEndian(23, 2),
    MEMORY_RANGE,
    FIXED_PRODUCER,
    READ_WRITE,
    ...space(base, base + size - 1, 4),
  ];
}

function wordSpace(type: number, flags: number, first: number, last: number): number[] {
  return [
    WORD_SPACE,
    ...littleEndian(13, 2),
    type,
    FIXED_PRODUCER,
    flags,
    ...space(first, last, 2),
  ];
}

/** Granularity, minimum, maximum, translation and length. */
function space(first: number, last: number, bytes: number): number[] {
  return [0, first, last, 0, last - first + 1].flatMap((field) => littleEndian(field, bytes));
}
