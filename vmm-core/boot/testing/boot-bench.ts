import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { BootConfig } from '../../machine/config-boot';
import { GuestRam } from '../../memory/guest-memory';
import type { BootEntry } from '../boot-entry';
import { BootError } from '../boot-error';
import { loadKernel } from '../load';

/** Memory of a machine, and a directory for the files it is to boot. */
export class BootBench {
  readonly ram: GuestRam;
  private readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), 'boot-'));

  constructor(memoryBytes: number) {
    this.ram = new GuestRam(memoryBytes);
  }

  file(name: string, bytes: Uint8Array | string): string {
    const at = path.join(this.directory, name);
    fs.writeFileSync(at, bytes);
    return at;
  }

  load(
    kernel: Uint8Array,
    rest: Partial<BootConfig> = {},
    hostWords: readonly string[] = [],
  ): BootEntry {
    return loadKernel(
      this.ram,
      { kernel: this.file('kernel', kernel), cmdline: '', ...rest },
      1,
      hostWords,
    );
  }

  /** What the machine says to a kernel that it does not boot. */
  refusal(kernel: Uint8Array, rest: Partial<BootConfig> = {}): BootError {
    return refusal(() => this.load(kernel, rest));
  }

  text(gpa: number, length: number): string {
    return Buffer.from(this.ram.memory.bytes(gpa, length)).toString('latin1');
  }

  release(): void {
    this.ram.release();
    fs.rmSync(this.directory, { recursive: true });
  }
}

export function refusal(run: () => unknown): BootError {
  try {
    run();
  } catch (error) {
    if (error instanceof BootError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

/** Registers and pointers of an entry in 32-bit mode. */
export function protectedMode(entry: BootEntry) {
  if (entry.mode !== 'protected-32') throw new Error(`begins in ${entry.mode}`);
  return entry;
}

export function longMode(entry: BootEntry) {
  if (entry.mode !== 'long-64') throw new Error(`begins in ${entry.mode}`);
  return entry;
}
