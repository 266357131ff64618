import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hasProgram } from './build-packages';
import { type CpioEntry, writeCpio } from './cpio';

const ENTRIES: readonly CpioEntry[] = [
  { kind: 'directory', path: 'etc', mode: 0o755 },
  { kind: 'file', path: 'etc/three', mode: 0o640, content: Buffer.from('abc') },
  { kind: 'file', path: 'etc/empty', mode: 0o644, content: new Uint8Array() },
  { kind: 'file', path: 'etc/grün', mode: 0o755, content: Buffer.from('four') },
  { kind: 'symlink', path: 'link', target: 'etc/three' },
];
const CONSOLE: CpioEntry = {
  kind: 'character-device',
  path: 'console',
  mode: 0o600,
  major: 5,
  minor: 1,
};

// Debian's own cpio is the judge.
describe.skipIf(!hasProgram('cpio'))('an archive', () => {
  const directory = mkdtempSync(join(tmpdir(), 'virtdeck-cpio-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('is listed with types, modes and device numbers', () => {
    const input = writeCpio([...ENTRIES, CONSOLE]);
    const list = execFileSync('cpio', ['-tv', '--quiet'], { input, encoding: 'utf8' });
    const lines = list.trim().split('\n');
    expect(lines.map((line) => line.slice(0, 10))).toEqual([
      'drwxr-xr-x',
      '-rw-r-----',
      '-rw-r--r--',
      '-rwxr-xr-x',
      'lrwxrwxrwx',
      'crw-------',
    ]);
    expect(lines[4]).toMatch(/link -> etc\/three$/);
    expect(lines[5]).toMatch(/ 5, +1 .*console$/);
  });

  it('is extracted byte for byte', () => {
    execFileSync('cpio', ['-id', '--quiet'], { input: writeCpio(ENTRIES), cwd: directory });
    expect(readFileSync(join(directory, 'etc/three'), 'utf8')).toBe('abc');
    expect(readFileSync(join(directory, 'etc/grün'), 'utf8')).toBe('four');
    expect(lstatSync(join(directory, 'etc/empty')).size).toBe(0);
    expect(lstatSync(join(directory, 'etc/three')).mode & 0o777).toBe(0o640);
    expect(readlinkSync(join(directory, 'link'))).toBe('etc/three');
  });
});

it('is the same for the same entries', () => {
  expect(writeCpio(ENTRIES)).toEqual(writeCpio(ENTRIES));
});
