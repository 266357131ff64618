import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findSources, installedVersions } from './image-sources';
import { fakePrograms } from './testing/fake-programs';

let directory: string;
let cacheDir: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'virtdeck-sources-'));
  cacheDir = join(directory, 'cache');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

const NOTHING_INSTALLED = { 'dpkg-query': 'exit 1' };
const DPKG_DEB = `
case $1 in
  --field) echo 1:2.3+x ;;
  --extract)
    /bin/mkdir -p $3/usr/src $3/bin
    echo kernel > $3/usr/src/linux-source-6.1.tar.xz
    echo box > $3/bin/busybox ;;
esac`;

function havePrograms(programs: Readonly<Record<string, string>>): void {
  vi.stubEnv('PATH', fakePrograms(directory, programs));
}

it('are fetched once when they are not installed', async () => {
  havePrograms({
    ...NOTHING_INSTALLED,
    'apt-get': 'for name; do :; done; echo deb > $name.deb',
    'dpkg-deb': DPKG_DEB,
  });
  expect(await installedVersions()).toBeUndefined();
  const onFetch = vi.fn();
  const sources = await findSources(cacheDir, { onFetch });
  expect(sources.packages).toEqual({ 'linux-source-6.1': '1:2.3+x', 'busybox-static': '1:2.3+x' });
  expect(readFileSync(sources.linuxArchive, 'utf8')).toBe('kernel\n');
  expect(readFileSync(sources.busybox, 'utf8')).toBe('box\n');
  expect(await findSources(cacheDir, { onFetch })).toEqual(sources);
  expect(onFetch.mock.calls).toEqual([['linux-source-6.1'], ['busybox-static']]);
});

it('cannot be fetched without a network', async () => {
  havePrograms({ ...NOTHING_INSTALLED, 'apt-get': "echo 'Could not resolve' >&2; exit 100" });
  await expect(findSources(cacheDir, {})).rejects.toMatchObject({
    code: 'no-network',
    message: expect.stringContaining('linux-source-6.1: Could not resolve'),
  });
  expect(readdirSync(cacheDir)).toEqual([]);
});

it('cannot be fetched without apt-get', async () => {
  havePrograms(NOTHING_INSTALLED);
  await expect(findSources(cacheDir, {})).rejects.toMatchObject({ code: 'unsupported-host' });
});
