import { ECAM } from '../machine/address-map';
import { ramRegions } from '../memory/address-space';

/** Types of the e820 map, which PVH uses too; ACPI 6.5, table 15.4. */
export const E820_RAM = 1;
export const E820_RESERVED = 2;

export interface MemoryMapEntry {
  readonly gpa: number;
  readonly size: number;
  readonly type: number;
}

/** The last KiB of conventional memory is the PC's extended BIOS data area. */
export const EBDA_START = 0x9_fc00;
export const MIB_1 = 0x10_0000;

/**
 * What the guest may use: RAM, but for the PC's own space between 639 KiB and 1 MiB. What is
 * reserved is said: Linux uses ECAM only where the map has it so.
 */
export function memoryMap(memoryBytes: number): readonly MemoryMapEntry[] {
  const [low, ...high] = ramRegions(memoryBytes);
  const lowEnd = low?.size ?? 0;
  return [
    { gpa: 0, size: EBDA_START, type: E820_RAM },
    { gpa: EBDA_START, size: MIB_1 - EBDA_START, type: E820_RESERVED },
    { gpa: MIB_1, size: lowEnd - MIB_1, type: E820_RAM },
    { gpa: ECAM.base, size: ECAM.size, type: E820_RESERVED },
    ...high.map((region) => ({ gpa: region.gpa, size: region.size, type: E820_RAM })),
  ];
}
