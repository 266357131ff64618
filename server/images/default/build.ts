import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CommandError, ImageBuildError } from './build-error';
import { takeBuildLock } from './build-lock';
import { requireBuildPackages } from './build-packages';
import { checkSpace, diskFull, isDiskFull } from './disk-space';
import { findSources, type ImageSources, installedVersions, LINUX_PACKAGE } from './image-sources';
import {
  type DefaultImage,
  directoryOf,
  FILES,
  type Manifest,
  readImage,
  readImages,
} from './image-store';
import { makeInitramfs } from './initramfs';
import { type BuiltKernel, buildKernel } from './kernel';
import { DEFAULT_RECIPE_DIR, digestWith, type Recipe, readRecipe } from './recipe';

/** Where a build is; for people. */
export interface BuildProgress {
  readonly step: string;
  readonly detail?: string;
  /** Of the whole build, 0 to 1, never falling. */
  readonly fraction: number;
}

export interface BuildOptions {
  /** Made when it is missing. Images, the lock, the log and the half-built are in it. */
  readonly imagesDir: string;
  /** Keeps packages that had to be fetched; below `imagesDir` unless given. */
  readonly cacheDir?: string;
  /** The folder `recipe` beside this file, unless given. */
  readonly recipeDir?: string;
  /** What to build from, instead of Debian's packages. */
  readonly sources?: ImageSources;
  /** What has to be free before it begins; BUILD_BYTES unless given. */
  readonly requiredBytes?: number;
  readonly signal?: AbortSignal;
  readonly onProgress: (progress: BuildProgress) => void;
}

const LOCK = '.build.lock';
const LOG = 'build.log';
const CACHE = '.cache';
const WORK_PREFIX = '.building-';

/** Where in the whole each step begins and ends, by the time it takes. */
const SHARES: Readonly<Record<string, readonly [from: number, to: number]>> = {
  'Unpacking the kernel sources': [0.01, 0.07],
  'Configuring the kernel': [0.07, 0.09],
  'Compiling the kernel': [0.09, 0.98],
};

/**
 * The newest image of the present recipe. When the versions of Debian's packages can be told, it
 * has to be made of those; when not, any will do.
 * @param recipeDir the folder `recipe` beside this file, unless given: a bundle is not beside it
 * @returns undefined when it has to be built
 */
export async function findDefaultImage(
  imagesDir: string,
  recipeDir: string = DEFAULT_RECIPE_DIR,
): Promise<DefaultImage | undefined> {
  const recipe = await readRecipe(recipeDir);
  const versions = await installedVersions();
  if (versions !== undefined) {
    return await readImage(directoryOf(resolve(imagesDir), digestWith(recipe.digest, versions)));
  }
  const images = await readImages(resolve(imagesDir));
  return images.find((image) => image.manifest.recipeDigest === recipe.digest);
}

/**
 * Builds the default image, or finds it built. One process builds at a time; others wait for it.
 * What a build that was killed has left is removed.
 * @throws ImageBuildError saying why not and what to do; the signal's reason when aborted
 */
export async function buildDefaultImage(options: BuildOptions): Promise<DefaultImage> {
  const imagesDir = resolve(options.imagesDir);
  try {
    await mkdir(imagesDir, { recursive: true });
    return await new Build({ ...options, imagesDir }).run();
  } catch (error) {
    options.signal?.throwIfAborted();
    throw explained(error, imagesDir);
  }
}

/** Whatever may happen to a build, with what to do about it; a fault of ours as it is. */
function explained(error: unknown, imagesDir: string): unknown {
  if (isDiskFull(error)) return diskFull(imagesDir, undefined, error);
  if (error instanceof CommandError) {
    return new ImageBuildError(
      'tool-failed',
      error.message,
      `Read ${join(imagesDir, LOG)} if it says more, remove the cause, and build again.`,
      { cause: error },
    );
  }
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (error instanceof Error && (code === 'EACCES' || code === 'EROFS' || code === 'EPERM')) {
    return new ImageBuildError(
      'no-access',
      `The images directory cannot be used: ${error.message}.`,
      `Make ${imagesDir} writable for this user, or set the data directory to another one.`,
      { cause: error },
    );
  }
  return error;
}

class Build {
  private readonly imagesDir: string;
  private readonly signalOption: { readonly signal?: AbortSignal };

  constructor(private readonly options: BuildOptions) {
    this.imagesDir = options.imagesDir;
    this.signalOption = options.signal === undefined ? {} : { signal: options.signal };
  }

  async run(): Promise<DefaultImage> {
    const ready = await this.find();
    if (ready !== undefined) return ready;
    const release = await takeBuildLock(join(this.imagesDir, LOCK), this.options.signal, (pid) =>
      this.tell('Waiting for another build', 0, `process ${pid}`),
    );
    try {
      return (await this.find()) ?? (await this.build());
    } finally {
      release();
    }
  }

  private async find(): Promise<DefaultImage | undefined> {
    const { sources, recipeDir = DEFAULT_RECIPE_DIR } = this.options;
    if (sources === undefined) return await findDefaultImage(this.imagesDir, recipeDir);
    const recipe = await readRecipe(recipeDir);
    return await readImage(
      directoryOf(this.imagesDir, digestWith(recipe.digest, sources.packages)),
    );
  }

  private async build(): Promise<DefaultImage> {
    const { imagesDir, options } = this;
    const recipe = await readRecipe(options.recipeDir ?? DEFAULT_RECIPE_DIR);
    this.tell('Preparing', 0);
    await this.removeLeftovers();
    requireBuildPackages();
    await checkSpace(imagesDir, options.requiredBytes);
    const sources =
      options.sources ??
      (await findSources(options.cacheDir ?? join(imagesDir, CACHE), {
        ...this.signalOption,
        onFetch: (name) => this.tell('Fetching packages', 0, name),
      }));

    const workDir = join(imagesDir, `${WORK_PREFIX}${process.pid}`);
    await mkdir(workDir);
    try {
      const kernel =
        (await this.builtKernel(recipe, sources)) ??
        (await this.compileKernel(recipe, sources, workDir));
      this.tell('Packing the root file system', 0.98);
      const draft = join(workDir, 'image');
      await mkdir(draft);
      await copyFile(kernel.vmlinux, join(draft, FILES.kernel));
      await copyFile(kernel.symbols, join(draft, FILES.symbols));
      const busybox = await readFile(sources.busybox);
      await writeFile(join(draft, FILES.initrd), makeInitramfs(recipe.root, busybox));
      const manifest = await this.describe(draft, recipe, sources, kernel.version);
      await writeFile(join(draft, FILES.manifest), `${JSON.stringify(manifest, null, 2)}\n`);
      return await this.publish(draft, manifest);
    } finally {
      await removeTree(workDir);
    }
  }

  /** The kernel of another image, when only the root is to be made anew. */
  private async builtKernel(
    recipe: Recipe,
    sources: ImageSources,
  ): Promise<BuiltKernel | undefined> {
    const wanted = kernelDigest(recipe, sources);
    const images = await readImages(this.imagesDir);
    const image = images.find(({ manifest }) => manifest.kernelDigest === wanted);
    if (image === undefined) return undefined;
    const symbols = join(image.directory, FILES.symbols);
    if (!existsSync(symbols)) return undefined;
    return {
      vmlinux: image.kernel,
      symbols,
      version: image.manifest.kernelVersion,
    };
  }

  private async compileKernel(
    recipe: Recipe,
    sources: ImageSources,
    workDir: string,
  ): Promise<BuiltKernel> {
    const logPath = join(this.imagesDir, LOG);
    await writeFile(logPath, '');
    return await buildKernel({
      archive: sources.linuxArchive,
      config: recipe.kernelConfig,
      workDir,
      logPath,
      ...this.signalOption,
      onStep: (step, fraction, detail) => this.tellStep(step, fraction, detail),
    });
  }

  private async describe(
    draft: string,
    recipe: Recipe,
    sources: ImageSources,
    kernelVersion: string,
  ): Promise<Manifest> {
    return {
      digest: digestWith(recipe.digest, sources.packages),
      recipeDigest: recipe.digest,
      kernelDigest: kernelDigest(recipe, sources),
      kernelVersion,
      cmdline: recipe.cmdline,
      packages: { ...sources.packages },
      files: {
        vmlinux: await fingerprint(join(draft, FILES.kernel)),
        initrd: await fingerprint(join(draft, FILES.initrd)),
      },
      builtAt: new Date().toISOString(),
    };
  }

  /** Under its final name there is only ever a whole image. */
  private async publish(draft: string, manifest: Manifest): Promise<DefaultImage> {
    const directory = directoryOf(this.imagesDir, manifest.digest);
    // What has this name and was not found to be an image is a damaged one.
    await rm(directory, { recursive: true, force: true });
    await rename(draft, directory);
    const image = await readImage(directory);
    if (image === undefined) throw new Error(`${directory} was written, but cannot be read back`);
    this.tell('Done', 1);
    return image;
  }

  /** Of builds that were killed: whoever holds the lock is the only one who builds. */
  private async removeLeftovers(): Promise<void> {
    for (const name of await readdir(this.imagesDir)) {
      if (name.startsWith(WORK_PREFIX)) {
        await removeTree(join(this.imagesDir, name));
      }
    }
  }

  private tellStep(step: string, fraction: number, detail?: string): void {
    const [from, to] = SHARES[step] ?? [0, 0];
    this.tell(step, from + (to - from) * fraction, detail);
  }

  private tell(step: string, fraction: number, detail?: string): void {
    this.options.onProgress({ step, fraction, ...(detail === undefined ? {} : { detail }) });
  }
}

/** Compilers that are being ended may still write while it goes. */
async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

/** BusyBox has no part in it. */
function kernelDigest(recipe: Recipe, { packages }: ImageSources): string {
  return digestWith(recipe.kernelDigest, { [LINUX_PACKAGE]: packages[LINUX_PACKAGE] ?? '' });
}

async function fingerprint(path: string): Promise<{ sha256: string; size: number }> {
  const content = await readFile(path);
  return { sha256: createHash('sha256').update(content).digest('hex'), size: content.length };
}
