import { type BootConfig, MAX_CMDLINE_BYTES } from '../machine/config-boot';
import type { GuestRam } from '../memory/guest-memory';
import { BootError } from './boot-error';
import { withBootFile } from './boot-file';
import { writeText } from './cmdline';
import { MODULE_CMDLINES } from './low-memory';

const PAGE = 4096;

/** A file that was put into guest memory for the kernel. */
export interface LoadedModule {
  /** Page-aligned. */
  readonly gpa: number;
  /** Bytes. */
  readonly size: number;
  /** Where its command line lies. */
  readonly cmdline: number;
}

/** Between which guest physical addresses modules may lie. */
export interface ModuleSpace {
  /** Where the kernel ends. */
  readonly start: number;
  /** Low memory ends here at the latest. */
  readonly end?: number;
}

/**
 * Loads initrd and modules, one below the other from the end of low memory, where no kernel in use
 * reaches.
 * @returns the initrd, if there is one, and the modules in their order
 * @throws BootError when one cannot be read, is empty, or does not fit
 */
export function loadModules(
  ram: GuestRam,
  boot: BootConfig,
  space: ModuleSpace,
): readonly LoadedModule[] {
  const files = [
    ...(boot.initrd === undefined ? [] : [{ name: 'initrd', path: boot.initrd, cmdline: '' }]),
    ...(boot.modules ?? []).map((module, i) => ({ name: `module ${i}`, ...module })),
  ];
  const lowEnd = ram.memory.regions[0]?.size ?? 0;
  let end = Math.min(lowEnd, space.end ?? lowEnd);
  return files.map(({ name, path, cmdline }, index) =>
    withBootFile(path, name, ({ fd, size }) => {
      if (size === 0) {
        throw new BootError(`${name}: the file is empty`, `Give another ${name}, or none.`);
      }
      const gpa = Math.floor((end - size) / PAGE) * PAGE;
      if (gpa < space.start) {
        throw new BootError(
          `${name}: its ${size} bytes do not fit above the kernel in ${end} bytes of memory`,
          `Give the machine more memory, or a smaller ${name}.`,
        );
      }
      ram.load(gpa, fd, size, 0);
      end = gpa;
      const text = MODULE_CMDLINES + index * MAX_CMDLINE_BYTES;
      writeText(ram.memory, text, cmdline);
      return { gpa, size, cmdline: text };
    }),
  );
}
