import { MAX_CMDLINE_BYTES } from '../machine/config-boot';
import type { GuestMemory } from '../memory/guest-memory';
import { BootError } from './boot-error';
import { CMDLINE } from './low-memory';

/**
 * Writes the kernel's command line, NUL-terminated. A few words of it may be the host's, which no
 * check of the configuration has seen.
 * @param mostBytes what the kernel takes, without the NUL
 * @returns where it lies
 * @throws BootError when it is too long
 */
export function writeCmdline(
  memory: GuestMemory,
  words: readonly string[],
  mostBytes = MAX_CMDLINE_BYTES - 1,
): number {
  const text = Buffer.from(words.filter((word) => word !== '').join(' '));
  const most = Math.min(mostBytes, MAX_CMDLINE_BYTES - 1);
  if (text.length > most) {
    throw new BootError(
      `command line: takes ${text.length} bytes with the words this host needs; ${most} fit`,
      'Shorten the kernel command line.',
    );
  }
  writeText(memory, CMDLINE, text);
  return CMDLINE;
}

/** Writes text with a NUL behind it. */
export function writeText(memory: GuestMemory, gpa: number, text: string | Buffer): void {
  const bytes = Buffer.from(text);
  memory.bytes(gpa, bytes.length).set(bytes);
  memory.writeU8(gpa + bytes.length, 0);
}
