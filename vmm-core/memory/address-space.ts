/**
 * Where RAM lies in guest physical memory: from zero up to a hole under 4 GiB that belongs to
 * devices, and on from 4 GiB.
 */
export const GiB = 2 ** 30;
/** PCI memory, ECAM, I/O APIC, local APICs and the BIOS' last page live between here and 4 GiB. */
export const HOLE_START = 3 * GiB;
export const HOLE_END = 4 * GiB;

export interface Region {
  readonly gpa: number;
  readonly size: number;
  /** Bytes into the memory's backing file. */
  readonly offset: number;
}

/** @param size bytes of RAM in all */
export function ramRegions(size: number): readonly Region[] {
  const low = Math.min(size, HOLE_START);
  const regions: Region[] = [{ gpa: 0, size: low, offset: 0 }];
  if (size > low) regions.push({ gpa: HOLE_END, size: size - low, offset: low });
  return regions;
}
