import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const fileSchema = z.object({
  /** Hexadecimal. */
  sha256: z.string(),
  /** Bytes. */
  size: z.number(),
});

const manifestSchema = z.object({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  /** Of the recipe alone. */
  recipeDigest: z.string(),
  /** Of what the kernel alone is made from: an image of another root can have the same. */
  kernelDigest: z.string(),
  kernelVersion: z.string(),
  cmdline: z.string(),
  /** Debian package name to version. */
  packages: z.record(z.string(), z.string()),
  files: z.object({ vmlinux: fileSchema, initrd: fileSchema }),
  /** ISO 8601. */
  builtAt: z.string(),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** A built image. Paths are absolute when the images directory was. */
export interface DefaultImage {
  /** SHA-256 in hexadecimal, over recipe and package versions. */
  readonly digest: string;
  readonly directory: string;
  /** An ELF file with a PVH entry note. */
  readonly kernel: string;
  readonly initrd: string;
  readonly cmdline: string;
  readonly manifest: Manifest;
}

export const FILES = {
  kernel: 'vmlinux',
  initrd: 'initrd',
  /** For people who profile a guest; no part of the image. */
  symbols: 'System.map',
  manifest: 'manifest.json',
} as const;

const NAME_DIGITS = 16;
const NAME = /^[0-9a-f]{16}$/;

export function directoryOf(imagesDir: string, digest: string): string {
  return join(imagesDir, digest.slice(0, NAME_DIGITS));
}

/** @returns undefined when there is no image, or not a whole one */
export async function readImage(directory: string): Promise<DefaultImage | undefined> {
  const manifest = await readManifest(join(directory, FILES.manifest));
  if (manifest === undefined) return undefined;
  const kernel = join(directory, FILES.kernel);
  const initrd = join(directory, FILES.initrd);
  const { files, digest, cmdline } = manifest;
  const whole =
    (await sizeOf(kernel)) === files.vmlinux.size && (await sizeOf(initrd)) === files.initrd.size;
  return whole ? { digest, directory, kernel, initrd, cmdline, manifest } : undefined;
}

/** All whole images, the newest first. */
export async function readImages(imagesDir: string): Promise<readonly DefaultImage[]> {
  const names = await readdir(imagesDir).catch(() => []);
  const images: DefaultImage[] = [];
  for (const name of names.filter((candidate) => NAME.test(candidate))) {
    const image = await readImage(join(imagesDir, name));
    if (image !== undefined) images.push(image);
  }
  return images.sort((a, b) => (a.manifest.builtAt < b.manifest.builtAt ? 1 : -1));
}

async function readManifest(path: string): Promise<Manifest | undefined> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
}
