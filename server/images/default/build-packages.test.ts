import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ensureBuildPackages, missingBuildPackages, requireBuildPackages } from './build-packages';
import { fakePrograms } from './testing/fake-programs';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'virtdeck-packages-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true, force: true });
});

const HAS_ALL_BUT_TWO = { make: '', gcc: '', ld: '', flex: '', bison: '' };

function havePrograms(more: Readonly<Record<string, string>> = {}): void {
  vi.stubEnv('PATH', fakePrograms(directory, { ...HAS_ALL_BUT_TWO, ...more }));
}

it('names every missing package, and the command that installs them', () => {
  havePrograms();
  expect(missingBuildPackages()).toEqual(expect.arrayContaining(['bc', 'xz-utils']));
  expect(missingBuildPackages()).not.toContain('flex');
  expect(requireBuildPackages).toThrow(
    expect.objectContaining({
      code: 'missing-packages',
      message: expect.stringMatching(/bc, .*xz-utils/),
      hint: expect.stringMatching(/apt-get install .*bc .*xz-utils/),
    }),
  );
});

it('are not installed by anybody but root', async () => {
  havePrograms({ 'apt-get': `touch ${join(directory, 'called')}` });
  vi.spyOn(process, 'getuid').mockReturnValue(1000);
  await expect(ensureBuildPackages()).rejects.toMatchObject({ code: 'missing-packages' });
  expect(existsSync(join(directory, 'called'))).toBe(false);
});

it('are installed by root', async () => {
  const log = join(directory, 'log');
  // Installing makes them appear.
  const installed = `for p in bc xz; do printf '#!/bin/sh' > ${directory}/bin/$p; /bin/chmod +x ${directory}/bin/$p; done`;
  havePrograms({ 'apt-get': `echo "$@" >> ${log}; [ $1 = install ] && { ${installed}; }; true` });
  vi.spyOn(process, 'getuid').mockReturnValue(0);
  await ensureBuildPackages().catch((error: unknown) => {
    // Where the headers are missing too, no fake can bring them.
    expect(error).toMatchObject({ message: expect.not.stringContaining('bc') });
  });
  expect(readFileSync(log, 'utf8')).toMatch(/^update\ninstall --yes .*bc .*xz-utils\n$/);
});

it('cannot be fetched without a network', async () => {
  havePrograms({ 'apt-get': "echo 'Temporary failure resolving deb.debian.org' >&2; exit 100" });
  vi.spyOn(process, 'getuid').mockReturnValue(0);
  await expect(ensureBuildPackages()).rejects.toMatchObject({
    code: 'no-network',
    message: expect.stringContaining('Temporary failure resolving'),
  });
});
