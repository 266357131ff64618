import fs from 'node:fs';

/** A mapping of a process, in KiB. */
export interface MappedKiB {
  /** The file or the kernel's name for it; empty for anonymous memory. */
  readonly name: string;
  /** Pages that only this process has and has written to. */
  readonly privateDirty: number;
}

const HEADER = /^[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \d+ *(.*)$/;
const FIELD = /^(\w+): +(\d+) kB$/;

/** The mappings of a process; proc(5), /proc/pid/smaps. */
export function readMappings(pid: number): readonly MappedKiB[] {
  const mappings: { name: string; privateDirty: number }[] = [];
  for (const line of fs.readFileSync(`/proc/${pid}/smaps`, 'utf8').split('\n')) {
    const field = FIELD.exec(line);
    const header = field === null ? HEADER.exec(line) : null;
    if (header !== null) mappings.push({ name: header[1] ?? '', privateDirty: 0 });
    const current = mappings.at(-1);
    if (current !== undefined && field?.[1] === 'Private_Dirty') {
      current.privateDirty += Number(field[2]);
    }
  }
  return mappings;
}

/**
 * What a process costs beside its guest's memory, which `isGuestMemory` tells by name. A page of a
 * memfd that only this process maps counts as private, so guest memory has to be taken off.
 */
export function overheadKiB(
  pid: number,
  isGuestMemory: (name: string) => boolean,
): { readonly overhead: number; readonly guestMappings: number } {
  let overhead = 0;
  let guestMappings = 0;
  for (const { name, privateDirty } of readMappings(pid)) {
    if (isGuestMemory(name)) guestMappings++;
    else overhead += privateDirty;
  }
  return { overhead, guestMappings };
}
