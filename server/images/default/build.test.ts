import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BuildOptions, type BuildProgress, buildDefaultImage } from './build';
import { missingBuildPackages } from './build-packages';
import { readImages } from './image-store';
import { type TinySources, tinySources } from './testing/tiny-sources';

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, 'testing/build-tiny.ts');

let directory: string;
let imagesDir: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'virtdeck-build-'));
  imagesDir = join(directory, 'images');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function options(tiny: TinySources, more: Partial<BuildOptions> = {}): BuildOptions {
  const { sources, recipeDir } = tiny;
  return { imagesDir, sources, recipeDir, requiredBytes: 0, onProgress: () => {}, ...more };
}

/** What a build leaves that is no image. */
const leftovers = (): string[] =>
  readdirSync(imagesDir).filter((name) => name !== 'build.log' && !/^[0-9a-f]{16}$/.test(name));

// The steps are real, with tar, make and strip; what they work on is tiny.
describe.skipIf(missingBuildPackages().length > 0)('a build', () => {
  it('makes an image once, and finds it then', async () => {
    const tiny = tinySources(directory);
    const progress: BuildProgress[] = [];
    const image = await buildDefaultImage(options(tiny, { onProgress: (p) => progress.push(p) }));
    expect(image).toMatchObject({
      directory: join(imagesDir, image.digest.slice(0, 16)),
      cmdline: 'console=ttyS0 quiet panic=-1',
      manifest: { kernelVersion: '6.1.0-test', packages: tiny.sources.packages },
    });
    expect(readdirSync(image.directory).sort()).toEqual([
      'System.map',
      'initrd',
      'manifest.json',
      'vmlinux',
    ]);
    const fractions = progress.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);

    expect(await buildDefaultImage(options(tiny))).toEqual(image);
    expect(tiny.compiled()).toBe(1);
    expect(leftovers()).toEqual([]);
  });

  it('makes a new image when the recipe changes, with the same kernel when that may be', async () => {
    const tiny = tinySources(directory);
    const first = await buildDefaultImage(options(tiny));
    writeFileSync(join(tiny.recipeDir, 'root/etc/motd'), 'hello\n');
    const second = await buildDefaultImage(options(tiny));
    expect(second.digest).not.toBe(first.digest);
    expect((await readImages(imagesDir)).map(({ digest }) => digest)).toEqual([
      second.digest,
      first.digest,
    ]);
    expect(tiny.compiled()).toBe(1);
    writeFileSync(join(tiny.recipeDir, 'kernel.config'), 'CONFIG_TINY=y\n');
    await buildDefaultImage(options(tiny));
    expect(tiny.compiled()).toBe(2);
  });

  it('makes a damaged image anew', async () => {
    const tiny = tinySources(directory);
    const image = await buildDefaultImage(options(tiny));
    writeFileSync(image.kernel, 'short');
    await buildDefaultImage(options(tiny));
    expect(tiny.compiled()).toBe(2);
  });

  it('removes what a killed build left', async () => {
    mkdirSync(join(imagesDir, '.building-1'), { recursive: true });
    writeFileSync(join(imagesDir, '.building-1/vmlinux'), 'half');
    writeFileSync(join(imagesDir, '.build.lock'), '{"pid":4194305,"startTicks":1}');
    await buildDefaultImage(options(tinySources(directory)));
    expect(leftovers()).toEqual([]);
  });

  it('is done once by two processes at the same time', async () => {
    const tiny = tinySources(directory, 'sleep 1');
    const { sources, recipeDir } = tiny;
    const given = JSON.stringify({ sources, recipeDir, requiredBytes: 0 });
    const one = () => run(process.execPath, ['--import', 'tsx', SCRIPT, imagesDir, given]);
    const [a, b] = await Promise.all([one(), one()]);
    expect(tiny.compiled()).toBe(1);
    const last = (text: string) => text.trim().split('\n').at(-1);
    expect(last(a.stdout)).toBe(last(b.stdout));
  }, 30_000);

  it('can be given up', async () => {
    const stop = new AbortController();
    const building = buildDefaultImage(
      options(tinySources(directory, 'sleep 60'), {
        signal: stop.signal,
        onProgress: ({ step }) => {
          if (step.startsWith('Compiling')) stop.abort(new Error('enough'));
        },
      }),
    );
    await expect(building).rejects.toThrow('enough');
    expect(leftovers()).toEqual([]);
    expect(await readImages(imagesDir)).toEqual([]);
  });

  it('shows what the compiler said last', async () => {
    const tiny = tinySources(directory, '@echo "main.c:1: error: no such thing" >&2; exit 1');
    await expect(buildDefaultImage(options(tiny))).rejects.toMatchObject({
      code: 'compile-failed',
      message: expect.stringContaining('main.c:1: error: no such thing'),
      hint: expect.stringContaining(join(imagesDir, 'build.log')),
    });
    expect(leftovers()).toEqual([]);
  });

  it('says what cannot be unpacked', async () => {
    const tiny = tinySources(directory);
    writeFileSync(tiny.sources.linuxArchive, 'no archive');
    await expect(buildDefaultImage(options(tiny))).rejects.toMatchObject({
      code: 'tool-failed',
      message: expect.stringMatching(/^tar ended with exit code 2/),
    });
    expect(leftovers()).toEqual([]);
  });

  it('names lines of the configuration that the kernel does not take', async () => {
    const tiny = tinySources(directory);
    // The stand-in for kconfig takes everything; this says one thing and then another.
    writeFileSync(join(tiny.recipeDir, 'kernel.config'), 'CONFIG_TINY=n\nCONFIG_TINY=y\n');
    await expect(buildDefaultImage(options(tiny))).rejects.toMatchObject({
      code: 'recipe-refused',
      message: expect.stringContaining('CONFIG_TINY=n (is y)'),
    });
  });

  it('does not begin on a disk that is too small', async () => {
    const tiny = tinySources(directory);
    const building = buildDefaultImage(options(tiny, { requiredBytes: Number.MAX_SAFE_INTEGER }));
    await expect(building).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringContaining(imagesDir),
    });
    expect(leftovers()).toEqual([]);
  });

  describe.skipIf(process.getuid?.() !== 0)('on a disk that becomes full', () => {
    beforeEach(() => {
      mkdirSync(imagesDir);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', imagesDir]);
    });
    afterEach(() => {
      execFileSync('umount', [imagesDir]);
    });

    it.each([
      ['while it compiles', 'dd if=/dev/zero of=object.o bs=1M count=8'],
      ['while it packs', 'true'],
    ])('%s, says so and leaves nothing', async (_when, vmlinux) => {
      const tiny = tinySources(directory, vmlinux);
      if (vmlinux === 'true') writeFileSync(tiny.sources.busybox, new Uint8Array(4 * 1024 * 1024));
      await expect(buildDefaultImage(options(tiny))).rejects.toMatchObject({
        code: 'disk-full',
        message: expect.stringMatching(/became full; .* takes \d+ MiB/),
      });
      expect(leftovers()).toEqual([]);
      expect(existsSync(join(imagesDir, '.build.lock'))).toBe(false);
    });
  });
});
