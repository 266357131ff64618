import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import { ProblemError } from '../../problems/problem-error';
import { CommandFailed, ProgramMissing, runConfined } from '../../storage/confined-command';
import { removeFile } from '../../storage/durable';
import { explainStorage } from '../../storage/storage-problems';
import type { DiskFormat } from './disk-format';
import {
  converterMissing,
  damaged,
  encrypted,
  pointsElsewhere,
  tooLargeInside,
} from './format-problems';

const MIB = 1024 * 1024;
const PROGRAM = 'qemu-img';
/** Measured: a qcow2 of 8 TiB takes 120 MiB, most of it reserved and never touched. */
const MEMORY_BYTES = 2048 * MIB;
const INFO_TIMEOUT_MS = 30_000;
const INFO_CPU_SECONDS = 20;
/** A slow disk; what is slower than this is stuck or was made to be. */
const SLOWEST_BYTES_PER_SECOND = 4 * MIB;
const LEAST_SECONDS = 600;

/** What it finds as its descriptors. It is given open files, and may open nothing by its name. */
const SOURCE = '/dev/fd/3';
const TARGET = '/dev/fd/4';

/** Of `qemu-img info --output=json`. */
const infoSchema = z.object({
  'virtual-size': z.number().int().positive(),
  format: z.string(),
  encrypted: z.boolean().optional(),
  'backing-filename': z.string().optional(),
  'full-backing-filename': z.string().optional(),
  'format-specific': z.object({ data: z.record(z.string(), z.unknown()).optional() }).optional(),
});

export interface Conversion {
  /** Absolute paths. `to` is made; it is sparse. */
  readonly from: string;
  readonly to: string;
  readonly format: Exclude<DiskFormat, 'raw'>;
  /** Of the disk inside. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** @param fraction 0 to 1 */
  readonly onProgress: (fraction: number) => void;
}

/**
 * Makes a raw disk of another format, by a qemu-img that is confined: it reads what a stranger
 * wrote. When it throws, nothing of `to` is left.
 * @returns the size of the disk in bytes
 * @throws ProblemError saying what is wrong with the image or the host; the signal's reason
 */
export async function convertToRaw(conversion: Conversion): Promise<number> {
  const { from, to, signal } = conversion;
  const source = await open(from, 'r');
  try {
    // Whoever it runs as has to open it anew by its descriptor. Nobody else gets this far: the data
    // directory is closed to others.
    await source.chmod(0o644);
    const size = await inspect(source, conversion);
    const target = await open(to, 'w+', 0o600);
    try {
      await target.chmod(0o666);
      await target.truncate(size);
      await convert(source, target, size, conversion);
      await target.chmod(0o600);
      await target.sync();
    } finally {
      await target.close();
    }
    return size;
  } catch (error) {
    await removeFile(to).catch(() => {});
    signal.throwIfAborted();
    throw explained(error);
  } finally {
    await source.chmod(0o600);
    await source.close();
  }
}

async function inspect(source: FileHandle, { format, maxBytes, signal }: Conversion) {
  const output = await runConfined({
    program: PROGRAM,
    args: ['info', '--output=json', imageOf(format)],
    files: [source.fd],
    hostile: true,
    limits: { memoryBytes: MEMORY_BYTES, cpuSeconds: INFO_CPU_SECONDS, fileBytes: 0 },
    timeoutMs: INFO_TIMEOUT_MS,
    signal,
  });
  const info = infoSchema.safeParse(parse(output));
  if (!info.success) throw damaged('what it holds cannot be told');
  const { data } = info;
  const details = data['format-specific']?.data ?? {};
  if (data.format !== format) throw damaged('it is not of the format it begins like');
  if (data['backing-filename'] !== undefined || data['full-backing-filename'] !== undefined) {
    throw pointsElsewhere('has a backing file');
  }
  if (details['data-file'] !== undefined) throw pointsElsewhere('keeps its data in another file');
  const extents = details['extents'];
  if (Array.isArray(extents) && extents.length !== 1) {
    throw pointsElsewhere('consists of several files');
  }
  if (data.encrypted === true || details['encrypt'] !== undefined) throw encrypted();
  if (details['corrupt'] === true) throw damaged('it is marked as corrupt');
  const size = data['virtual-size'];
  if (size > maxBytes) throw tooLargeInside(size, maxBytes);
  return size;
}

async function convert(
  source: FileHandle,
  target: FileHandle,
  size: number,
  { format, signal, onProgress }: Conversion,
): Promise<void> {
  const { size: fileBytes } = await source.stat();
  const seconds = LEAST_SECONDS + (fileBytes + size) / SLOWEST_BYTES_PER_SECOND;
  await runConfined({
    program: PROGRAM,
    // The target is an empty file of the right size: zeros stay holes.
    args: ['convert', '-p', '-n', '--target-is-zero', '-O', 'raw', imageOf(format), TARGET],
    files: [source.fd, target.fd],
    hostile: true,
    limits: { memoryBytes: MEMORY_BYTES, cpuSeconds: seconds, fileBytes: size },
    timeoutMs: seconds * 1000,
    signal,
    onOutput: (text) => {
      // "    (12.34/100%)\r"
      const percents = text.match(/\(([\d.]+)\/100%\)/g)?.at(-1);
      if (percents !== undefined) onProgress(Number.parseFloat(percents.slice(1)) / 100);
    },
  });
}

/** The format is named, so nothing is guessed; and a backing file would not be opened. */
function imageOf(format: Conversion['format']): string {
  return `json:${JSON.stringify({
    driver: format,
    ...(format === 'vhdx' ? {} : { backing: null }),
    file: { driver: 'file', filename: SOURCE },
  })}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** qemu-img's own words stay in the log: they are about our files, and may quote the image. */
function explained(error: unknown): unknown {
  if (error instanceof ProgramMissing) return converterMissing();
  if (!(error instanceof CommandFailed)) return explainStorage(error);
  if (/No space left on device|Disk quota exceeded/.test(error.lastWords)) {
    return explainStorage(Object.assign(new Error('ENOSPC', { cause: error }), { code: 'ENOSPC' }));
  }
  return new ProblemError(
    {
      status: 422,
      code: 'image-conversion-failed',
      title: 'The disk image could not be converted',
      detail: `qemu-img could not read the disk image; it ended with ${error.outcome}.`,
      hint: 'Check it with `qemu-img check` where it comes from, or bring it as raw.',
    },
    { cause: error },
  );
}
