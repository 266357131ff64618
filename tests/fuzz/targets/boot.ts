import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BootError } from '../../../vmm-core/boot/boot-error';
import { loadKernel } from '../../../vmm-core/boot/load';
import { GuestRam } from '../../../vmm-core/memory/guest-memory';
import type { Random } from '../random';
import type { FuzzTarget } from '../target';

const MEMORY_BYTES = 32 * 2 ** 20;
const TRIES = 50;

/** Kernel files with bytes of their headers changed: each is loaded, or refused with a reason. */
export class BootTarget implements FuzzTarget {
  private readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), 'fuzz-boot-'));
  private readonly ram = new GuestRam(MEMORY_BYTES);

  /** @param seeds good files of the kind */
  constructor(
    readonly name: string,
    private readonly seeds: readonly Buffer[],
  ) {}

  round(random: Random): number {
    const kernel = path.join(this.directory, 'kernel');
    for (let i = 0; i < TRIES; i++) {
      const bytes = Buffer.from(random.pick(this.seeds));
      for (let changes = 1 + random.below(6); changes > 0; changes--) {
        const at = random.below(Math.min(bytes.length - 4, 0x300));
        bytes.writeUInt32LE(random.hostile(), at);
      }
      const length = random.oneIn(10) ? random.below(bytes.length) : bytes.length;
      fs.writeFileSync(kernel, bytes.subarray(0, length));
      try {
        loadKernel(this.ram, { kernel, cmdline: 'console=ttyS0' }, 1, []);
      } catch (error) {
        if (!(error instanceof BootError)) throw error;
      }
    }
    return TRIES;
  }

  close(): void {
    this.ram.release();
    fs.rmSync(this.directory, { recursive: true });
  }
}
