import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A directory for PATH with programs of a few lines of shell.
 * @param programs name to script
 */
export function fakePrograms(
  directory: string,
  programs: Readonly<Record<string, string>>,
): string {
  const bin = join(directory, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return bin;
}
