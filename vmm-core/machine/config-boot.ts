import { hasControl, listOf, object, onlyKeys, optional, path, wrong } from './config-checks';

/** A file that a kernel is handed beside its initrd. */
export interface ModuleConfig {
  readonly path: string;
  /** What the kernel is told of it; may be empty. */
  readonly cmdline: string;
}

/** How the first instruction comes into guest memory. Paths are absolute and read at each boot. */
export interface BootConfig {
  /** An ELF kernel with a PVH entry note, a Linux bzImage, or a multiboot 1 kernel. */
  readonly kernel: string;
  /** Boot protocols with modules have it as the first. */
  readonly initrd?: string;
  readonly cmdline: string;
  readonly modules?: readonly ModuleConfig[];
}

/** Linux' own COMMAND_LINE_SIZE on x86, the terminating NUL included. */
export const MAX_CMDLINE_BYTES = 2048;
export const MAX_MODULES = 16;

/** @throws ConfigError naming the first field that is wrong */
export function parseBootConfig(input: unknown): BootConfig {
  const boot = object(input, 'boot');
  onlyKeys(boot, 'boot', ['kernel', 'initrd', 'cmdline', 'modules']);
  const inside = (key: string): string => `boot.${key}`;
  return {
    kernel: path(boot['kernel'], inside('kernel')),
    ...optional(boot, 'initrd', (initrd, key) => path(initrd, inside(key))),
    cmdline: cmdline(boot['cmdline'], inside('cmdline')),
    ...optional(boot, 'modules', (modules, key) =>
      listOf(modules, inside(key), MAX_MODULES, parseModule),
    ),
  };
}

function parseModule(input: unknown, field: string): ModuleConfig {
  const module = object(input, field);
  onlyKeys(module, field, ['path', 'cmdline']);
  return {
    path: path(module['path'], `${field}.path`),
    cmdline: cmdline(module['cmdline'], `${field}.cmdline`),
  };
}

function cmdline(value: unknown, field: string): string {
  const text = value ?? '';
  if (typeof text !== 'string') throw wrong(field, 'must be text');
  if (hasControl(text)) throw wrong(field, 'holds a control character');
  const bytes = Buffer.byteLength(text) + 1;
  if (bytes > MAX_CMDLINE_BYTES) {
    throw wrong(field, `takes ${bytes} bytes; at most ${MAX_CMDLINE_BYTES} fit`);
  }
  return text;
}
