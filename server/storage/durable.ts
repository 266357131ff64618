import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** So that a name made, changed or removed in it survives a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Content first, then the name: under `to` there is never half a file, also after a power cut. */
export async function publishFile(from: string, to: string): Promise<void> {
  await syncFile(from);
  await rename(from, to);
  await syncDirectory(dirname(to));
  if (dirname(from) !== dirname(to)) await syncDirectory(dirname(from));
}

/** Also when it is not there. */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** @returns undefined when there is no such file */
export async function sizesOf(
  path: string,
): Promise<{ readonly bytes: number; readonly allocatedBytes: number } | undefined> {
  try {
    const { size, blocks } = await stat(path);
    // st_blocks counts in 512 bytes whatever the file system's blocks are: stat(2).
    return { bytes: size, allocatedBytes: blocks * 512 };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
