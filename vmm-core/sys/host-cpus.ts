import fs from 'node:fs';
import os from 'node:os';

/** The kernel's list of processors that are online; its Documentation/admin-guide/cputopology.rst. */
const ONLINE = '/sys/devices/system/cpu/online';

/** The numbers of this host's processors, in order. */
export function hostCpus(): readonly number[] {
  try {
    return parseCpuList(fs.readFileSync(ONLINE, 'utf8'));
  } catch {
    // No sysfs here: then the numbers have no gaps, as far as anybody can see.
    return os.cpus().map((_, index) => index);
  }
}

/** Reads the kernel's form of a set of numbers, `0-3,8`. */
export function parseCpuList(text: string): readonly number[] {
  return text
    .trim()
    .split(',')
    .filter((range) => range !== '')
    .flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}
