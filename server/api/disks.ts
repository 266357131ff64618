import { z } from 'zod';
import { MAX_DISK_BYTES, MAX_MACHINE_DISKS, MiB, SECTOR_BYTES } from './limits';
import { resourceNameSchema } from './names';
import { problemSchema } from './problem';

export const diskSizeSchema = z
  .int('Whole bytes.')
  .min(MiB, 'At least 1 MiB.')
  .max(MAX_DISK_BYTES, 'At most 8 TiB.')
  .multipleOf(SECTOR_BYTES, 'A multiple of 512 bytes.');

export const diskStateSchema = z.enum([
  /** Its content is being made by the task `taskId`. */
  'waiting',
  'ready',
  /** It cannot be used; `problem` says why. */
  'failed',
]);
export type DiskState = z.infer<typeof diskStateSchema>;

export const diskSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** What a guest sees. */
  sizeBytes: z.int(),
  /** What it takes of the host's disk; null when that cannot be told. */
  allocatedBytes: z.int().nullable(),
  state: diskStateSchema,
  readOnly: z.boolean(),
  /** The image it was copied from, as long as that exists. */
  imageId: z.string().nullable(),
  /** The machine it is attached to. */
  vmId: z.string().nullable(),
  /** Its place among the disks of that machine; null when it is attached to none. */
  position: z.int().nullable(),
  problem: problemSchema.nullable(),
  /** Counts changes; its ETag is `"{revision}"`. */
  revision: z.int(),
  createdAt: z.iso.datetime(),
  taskId: z.string().nullable(),
});
export type Disk = z.infer<typeof diskSchema>;

export const diskListSchema = z.object({
  items: z.array(diskSchema),
  nextCursor: z.string().nullable(),
});

/** `GET /disks`. */
export const diskQuerySchema = z.strictObject({
  /** Only those of this machine, by their places. */
  vmId: z.string().max(64).optional(),
});

/** `POST /disks`: 201 with the disk when it is empty and sparse, 202 with a task otherwise. */
export const createDiskSchema = z.discriminatedUnion('from', [
  z.strictObject({
    from: z.literal('empty'),
    name: resourceNameSchema,
    sizeBytes: diskSizeSchema,
    readOnly: z.boolean().default(false),
    /** `full` takes the space now, so that writes cannot run out of it. */
    allocation: z.enum(['sparse', 'full']).default('sparse'),
  }),
  z.strictObject({
    from: z.literal('image'),
    name: resourceNameSchema,
    imageId: z.string().min(1, 'Choose an image.').max(64),
    /** At least the image's; that when left out. */
    sizeBytes: diskSizeSchema.optional(),
    readOnly: z.boolean().default(false),
  }),
]);
export type CreateDisk = z.input<typeof createDiskSchema>;

/** `PATCH /disks/{id}`. */
export const changeDiskSchema = z
  .strictObject({
    name: resourceNameSchema.optional(),
    /** Only while no machine runs with it. */
    readOnly: z.boolean().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'Name what to change.');
export type ChangeDisk = z.input<typeof changeDiskSchema>;

/** `POST /disks/{id}/grow`: a disk never shrinks. */
export const growDiskSchema = z.strictObject({ sizeBytes: diskSizeSchema });

/** `POST /disks/{id}/attach`. */
export const attachDiskSchema = z.strictObject({
  vmId: z.string().min(1).max(64),
  /** The first free one when left out. */
  position: z
    .int('A whole number.')
    .min(0, 'At least 0.')
    .max(MAX_MACHINE_DISKS - 1, `At most ${MAX_MACHINE_DISKS - 1}.`)
    .optional(),
});
