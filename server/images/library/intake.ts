import { type FileHandle, open } from 'node:fs/promises';
import type { StoredImageKind } from '../../api/images';
import { SECTOR_BYTES } from '../../api/limits';
import { runConfined } from '../../storage/confined-command';
import { publishFile, removeFile, sizesOf } from '../../storage/durable';
import type { SpaceLedger } from '../../storage/space';
import type { StoredFiles } from '../../storage/stored-files';
import type { TaskContext } from '../../tasks/task-work';
import { convertToRaw } from '../formats/disk-converter';
import { type DiskFormat, diskFormat } from '../formats/disk-format';
import { tooLargeInside } from '../formats/format-problems';
import { initrdFormat } from '../formats/initrd-format';
import { kernelFormat } from '../formats/kernel-format';
import { MAX_VIRTUAL_BYTES } from '../image-limits';
import { emptyFile, wrongHash } from './library-problems';
import type { ImageFacts } from './library-store';

const HEAD_BYTES = 8192;
const DIG_TIMEOUT_MS = 30 * 60_000;

/** A whole file that was brought. It is moved or removed. */
export interface BroughtFile {
  readonly path: string;
  /** Of what was brought. */
  readonly bytes: number;
  /** In hexadecimal, of what was brought. */
  readonly sha256: string;
  /** What it should be. */
  readonly expectedSha256: string | null;
}

/**
 * Makes the file of an image out of what was brought: looks what it is, converts a disk to raw, and
 * gives it its name once it is whole and on the disk.
 * @throws ProblemError 422 when it cannot be used, and what the disk or qemu-img meet
 */
export async function takeIn(
  { path, bytes, sha256, expectedSha256 }: BroughtFile,
  image: { readonly id: string; readonly kind: StoredImageKind },
  files: StoredFiles,
  space: SpaceLedger,
  context: TaskContext,
): Promise<ImageFacts> {
  if (expectedSha256 !== null && expectedSha256 !== sha256) throw wrongHash(expectedSha256, sha256);
  if (bytes === 0) throw emptyFile();
  const format = await formatOf(path, image.kind, bytes);
  context.log(`It is ${format}, ${bytes} bytes, SHA-256 ${sha256}.`);
  if (image.kind !== 'disk') {
    await publishFile(path, files.path(image.id));
    return { format, fileBytes: bytes, sizeBytes: bytes, sha256 };
  }
  const sizeBytes =
    format === 'raw'
      ? await keepRaw(path, bytes, image.id, files, context)
      : await convert(path, format as Exclude<DiskFormat, 'raw'>, image.id, files, space, context);
  const sizes = await files.sizes(image.id);
  return { format, fileBytes: sizes?.allocatedBytes ?? sizeBytes, sizeBytes, sha256 };
}

async function keepRaw(
  path: string,
  bytes: number,
  id: string,
  files: StoredFiles,
  context: TaskContext,
): Promise<number> {
  const size = Math.ceil(bytes / SECTOR_BYTES) * SECTOR_BYTES;
  if (size > MAX_VIRTUAL_BYTES) throw tooLargeInside(size, MAX_VIRTUAL_BYTES);
  await withFile(path, 'r+', (file) => file.truncate(size));
  context.progress(null, 'Freeing what is empty');
  await digHoles(path, context);
  await publishFile(path, files.path(id));
  return size;
}

async function convert(
  path: string,
  format: Exclude<DiskFormat, 'raw'>,
  id: string,
  files: StoredFiles,
  space: SpaceLedger,
  context: TaskContext,
): Promise<number> {
  const step = `Converting from ${format}`;
  context.progress(0, step);
  const draft = files.draft(id, 'converted');
  const size = await space.guard(context.signal, (signal) =>
    convertToRaw({
      from: path,
      to: draft,
      format,
      maxBytes: MAX_VIRTUAL_BYTES,
      signal,
      onProgress: (fraction) => context.progress(fraction, step),
    }),
  );
  await publishFile(draft, files.path(id));
  await removeFile(path);
  return size;
}

async function formatOf(path: string, kind: StoredImageKind, bytes: number): Promise<string> {
  return await withFile(path, 'r', async (file) => {
    const readAt = async (offset: number, length: number) => {
      const buffer = Buffer.alloc(Math.max(0, Math.min(length, bytes - offset)));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
      return buffer.subarray(0, bytesRead);
    };
    if (kind === 'kernel') return kernelFormat(await readAt(0, HEAD_BYTES));
    if (kind === 'initrd') return initrdFormat(await readAt(0, HEAD_BYTES));
    return await diskFormat(readAt, bytes);
  });
}

/** What was uploaded is written out with all its zeros; they need no space. No more than a favour. */
async function digHoles(path: string, { signal, log }: TaskContext): Promise<void> {
  const before = (await sizesOf(path))?.allocatedBytes ?? 0;
  try {
    await runConfined({
      program: 'fallocate',
      args: ['--dig-holes', path],
      hostile: false,
      limits: {},
      timeoutMs: DIG_TIMEOUT_MS,
      signal,
    });
  } catch {
    signal.throwIfAborted();
    return;
  }
  const after = (await sizesOf(path))?.allocatedBytes ?? 0;
  if (after < before) log(`${before - after} bytes of zeros take no space any more.`);
}

async function withFile<T>(
  path: string,
  flags: 'r' | 'r+',
  use: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await open(path, flags);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
