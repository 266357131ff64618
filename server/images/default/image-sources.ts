import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { identifyProcess } from '../../process/identity';
import { CommandError, ImageBuildError } from './build-error';
import { fetchFailed, hasProgram } from './build-packages';
import { runCommand } from './run-command';

/**
 * The two Debian packages an image is made of. An installed one is used as it is; else it is
 * fetched and taken apart without being installed, which needs no rights, and leaves alone a
 * `busybox` that `busybox-static` would put aside.
 */
export const LINUX_PACKAGE = 'linux-source-6.1';
const LINUX = { name: LINUX_PACKAGE, file: 'usr/src/linux-source-6.1.tar.xz' } as const;
const BUSYBOX = { name: 'busybox-static', file: 'bin/busybox' } as const;
type SourcePackage = typeof LINUX | typeof BUSYBOX;

const DRAFT_PREFIX = '.fetching-';

const SOURCE_PACKAGES = [LINUX, BUSYBOX] as const;

export interface ImageSources {
  /** Debian package name to version. */
  readonly packages: Readonly<Record<string, string>>;
  /** The kernel's sources: a .tar.xz with one directory in it. */
  readonly linuxArchive: string;
  /** A statically linked BusyBox. */
  readonly busybox: string;
}

interface Fetched {
  readonly version: string;
  readonly path: string;
}

/** Versions of both packages as installed. @returns undefined unless both are */
export async function installedVersions(): Promise<Readonly<Record<string, string>> | undefined> {
  const versions: Record<string, string> = {};
  for (const source of SOURCE_PACKAGES) {
    const version = await installedVersion(source);
    if (version === undefined) return undefined;
    versions[source.name] = version;
  }
  return versions;
}

/**
 * Finds both packages, or fetches them.
 * @param cacheDir keeps what is fetched, for the next build
 * @throws ImageBuildError `unsupported-host` without apt-get, `no-network` when apt-get cannot fetch
 */
export async function findSources(
  cacheDir: string,
  options: { readonly signal?: AbortSignal; readonly onFetch?: (name: string) => void },
): Promise<ImageSources> {
  const linux = await findSource(LINUX, cacheDir, options);
  const busybox = await findSource(BUSYBOX, cacheDir, options);
  return {
    packages: { [LINUX.name]: linux.version, [BUSYBOX.name]: busybox.version },
    linuxArchive: linux.path,
    busybox: busybox.path,
  };
}

async function findSource(
  source: SourcePackage,
  cacheDir: string,
  options: { readonly signal?: AbortSignal; readonly onFetch?: (name: string) => void },
): Promise<Fetched> {
  const installed = await installedVersion(source);
  if (installed !== undefined) return { version: installed, path: `/${source.file}` };
  const cached = await findCached(source, cacheDir);
  if (cached !== undefined) return cached;
  options.onFetch?.(source.name);
  await fetchPackage(source, cacheDir, options.signal);
  const fetched = await findCached(source, cacheDir);
  if (fetched !== undefined) return fetched;
  throw new Error(`${source.name} was fetched, but ${source.file} is not in it`);
}

async function installedVersion({ name, file }: SourcePackage): Promise<string | undefined> {
  if (!existsSync(`/${file}`)) return undefined;
  try {
    const [line] = await runCommand('dpkg-query', [
      '--show',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
      '--showformat=${db:Status-Status} ${Version}\\n',
      name,
    ]);
    const [status, version] = (line ?? '').split(' ');
    return status === 'installed' ? version : undefined;
  } catch {
    return undefined;
  }
}

/** A cache directory is named NAME_VERSION, and holds what the package would install. */
async function findCached(
  { name, file }: SourcePackage,
  cacheDir: string,
): Promise<Fetched | undefined> {
  const names = await readdir(cacheDir).catch(() => []);
  for (const entry of names.sort().reverse()) {
    const path = join(cacheDir, entry, file);
    if (entry.startsWith(`${name}_`) && existsSync(path)) {
      return { version: decodeURIComponent(entry.slice(name.length + 1)), path };
    }
  }
  return undefined;
}

async function fetchPackage(
  { name, file }: SourcePackage,
  cacheDir: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!hasProgram('apt-get')) {
    throw new ImageBuildError(
      'unsupported-host',
      `The default image is made of Debian's ${name}, and there is no apt-get here to fetch it.`,
      'Build the image on Debian 12 and copy its directory into the images directory, or start machines from a kernel of your own.',
    );
  }
  await removeDrafts(cacheDir);
  const draft = join(cacheDir, `${DRAFT_PREFIX}${process.pid}-${name}`);
  await mkdir(draft, { recursive: true });
  const options = { cwd: draft, ...(signal === undefined ? {} : { signal }) };
  try {
    await download(name, options);
    const deb = (await readdir(draft)).find((entry) => entry.endsWith('.deb'));
    if (deb === undefined) throw new Error(`apt-get fetched no ${name}`);
    const [version] = await runCommand('dpkg-deb', ['--field', deb, 'Version'], options);
    await runCommand('dpkg-deb', ['--extract', deb, 'content'], options);
    const kept = join(cacheDir, `${name}_${encodeURIComponent(version ?? '')}`);
    if (!existsSync(join(draft, 'content', file))) return;
    await rm(kept, { recursive: true, force: true });
    await rename(join(draft, 'content'), kept);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Of processes that were killed while they fetched. */
async function removeDrafts(cacheDir: string): Promise<void> {
  for (const entry of await readdir(cacheDir).catch(() => [])) {
    if (!entry.startsWith(DRAFT_PREFIX)) continue;
    const pid = Number.parseInt(entry.slice(DRAFT_PREFIX.length), 10);
    if (pid !== process.pid && identifyProcess(pid) !== undefined) continue;
    await rm(join(cacheDir, entry), { recursive: true, force: true });
  }
}

async function download(
  name: string,
  options: { readonly cwd: string; readonly signal?: AbortSignal },
): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  // apt's own user could not write into a directory of root's.
  const args = [...(isRoot ? ['--option', 'APT::Sandbox::User=root'] : []), 'download', name];
  try {
    await runCommand('apt-get', args, options);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (!isRoot) throw fetchFailed([name], error);
    // A fresh system has no lists of packages yet, and an old one has those of packages replaced.
    try {
      await runCommand('apt-get', ['update'], options);
      await runCommand('apt-get', args, options);
    } catch (again) {
      throw again instanceof CommandError ? fetchFailed([name], again) : again;
    }
  }
}
