import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageBuildError } from './build-error';

/**
 * Raised when the code of this folder makes another image of the same recipe, so that those who
 * have an old one get the new one.
 */
export const BUILDER_VERSION = 1;

export const DEFAULT_RECIPE_DIR = join(import.meta.dirname, 'recipe');

const KERNEL_CONFIG = 'kernel.config';
const CMDLINE = 'cmdline';
const ROOT = 'root/';

export interface RecipeFile {
  /** Relative, with slashes. */
  readonly path: string;
  readonly executable: boolean;
  readonly content: Uint8Array;
}

/** What the image is made from, besides Debian's packages. */
export interface Recipe {
  /** SHA-256 over all of it and the builder's version, in hexadecimal. */
  readonly digest: string;
  /** The same over what concerns the kernel. */
  readonly kernelDigest: string;
  /** Lines for the kernel's .config. */
  readonly kernelConfig: string;
  /** The kernel command line the image wants. */
  readonly cmdline: string;
  /** Files of the root file system, paths relative to it, sorted. */
  readonly root: readonly RecipeFile[];
}

/** @throws ImageBuildError `recipe-refused` when a part is missing */
export async function readRecipe(directory: string): Promise<Recipe> {
  const files = await readTree(directory);
  const text = (path: string): string => {
    const file = files.find((candidate) => candidate.path === path);
    if (file === undefined) throw refused(`${join(directory, path)} is missing`);
    return Buffer.from(file.content).toString('utf8');
  };
  return {
    digest: digestOf(files),
    kernelDigest: digestOf(files.filter((file) => file.path === KERNEL_CONFIG)),
    kernelConfig: text(KERNEL_CONFIG),
    cmdline: withoutComments(text(CMDLINE)),
    root: files
      .filter((file) => file.path.startsWith(ROOT))
      .map((file) => ({ ...file, path: file.path.slice(ROOT.length) })),
  };
}

/**
 * The digest of an image, or of its kernel.
 * @param recipe of the recipe, or of that part of it
 * @param packages it is made with, by name and version
 */
export function digestWith(recipe: string, packages: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256').update(recipe);
  for (const name of Object.keys(packages).sort()) hash.update(`\0${name}\0${packages[name]}`);
  return hash.digest('hex');
}

function digestOf(files: readonly RecipeFile[]): string {
  const hash = createHash('sha256').update(`virtdeck default image ${BUILDER_VERSION}\0`);
  for (const { path, executable, content } of files) {
    // The length keeps the end of one file apart from the beginning of the next.
    hash.update(`${path}\0${executable ? 'x' : '-'}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

async function readTree(directory: string, below = ''): Promise<RecipeFile[]> {
  const names = await readdir(join(directory, below)).catch((cause: unknown) => {
    throw refused(`${join(directory, below)} cannot be read`, cause);
  });
  const files: RecipeFile[] = [];
  for (const name of names.sort()) {
    const path = below === '' ? name : `${below}/${name}`;
    const stats: Stats = await lstat(join(directory, path));
    if (stats.isDirectory()) files.push(...(await readTree(directory, path)));
    else if (stats.isFile()) {
      const content = await readFile(join(directory, path));
      files.push({ path, executable: (stats.mode & 0o100) !== 0, content });
    }
  }
  return files;
}

function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join(' ')
    .trim()
    .replace(/\s+/g, ' ');
}

function refused(what: string, cause?: unknown): ImageBuildError {
  return new ImageBuildError(
    'recipe-refused',
    `The recipe of the default image is not whole: ${what}.`,
    'Install virtdeck again, or restore server/images/default/recipe.',
    { cause },
  );
}
