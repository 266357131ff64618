import { z } from 'zod';
import { notesSchema, resourceNameSchema, sha256Schema } from './names';
import { problemSchema } from './problem';

/** The default image, which the console builds itself. */
export const imageSchema = z.object({
  id: z.literal('default'),
  name: z.string(),
  status: z.discriminatedUnion('state', [
    z.object({ state: z.literal('absent') }),
    z.object({
      state: z.literal('building'),
      step: z.string(),
      detail: z.string().nullable(),
      /** 0 to 1. */
      fraction: z.number(),
    }),
    z.object({
      state: z.literal('ready'),
      digest: z.string(),
      kernelVersion: z.string(),
      sizeBytes: z.int(),
      builtAt: z.iso.datetime(),
    }),
    z.object({ state: z.literal('failed'), problem: problemSchema }),
  ]),
});
export type Image = z.infer<typeof imageSchema>;

export const storedImageKindSchema = z.enum(['kernel', 'initrd', 'disk']);
export type StoredImageKind = z.infer<typeof storedImageKindSchema>;

export const storedImageStateSchema = z.enum([
  /** Its content is being made by the task `taskId`. */
  'waiting',
  'ready',
  /** It cannot be used; `problem` says why. */
  'failed',
]);
export type StoredImageState = z.infer<typeof storedImageStateSchema>;

/** An image somebody brought: a kernel, what it unpacks first, or what disks are copied from. */
export const storedImageSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: storedImageKindSchema,
  source: z.enum(['upload', 'url']),
  /** Without what may be secret in it. */
  sourceUrl: z.string().nullable(),
  state: storedImageStateSchema,
  /** What was brought: `raw`, `qcow2`, `vmdk` and `vhdx` of a disk (kept as raw), `elf`, `gzip` … */
  format: z.string(),
  /** What it takes of the host's disk. */
  fileBytes: z.int(),
  /** Of a disk, what a guest sees; else the bytes of the file. */
  sizeBytes: z.int(),
  /** Of what was brought, hexadecimal; null until it is known. */
  sha256: z.string().nullable(),
  notes: z.string(),
  problem: problemSchema.nullable(),
  createdAt: z.iso.datetime(),
  taskId: z.string().nullable(),
});
export type StoredImage = z.infer<typeof storedImageSchema>;

/** `GET /images`: the default image first, then what was brought, oldest first. */
export const anyImageSchema = z.union([imageSchema, storedImageSchema]);
export type AnyImage = z.infer<typeof anyImageSchema>;
export const imageListSchema = z.object({
  items: z.array(anyImageSchema),
  nextCursor: z.string().nullable(),
});

/** `PATCH /images/{id}`. */
export const changeImageSchema = z
  .strictObject({ name: resourceNameSchema.optional(), notes: notesSchema.optional() })
  .refine((change) => Object.keys(change).length > 0, 'Name what to change.');
export type ChangeImage = z.input<typeof changeImageSchema>;

/** `POST /images`: fetches it; 202 with a task. */
export const importImageSchema = z.strictObject({
  name: resourceNameSchema,
  kind: storedImageKindSchema,
  url: z
    .url({ protocol: /^https?$/, error: 'An address that begins with http:// or https://.' })
    .max(2048),
  /** Of the file at that address. Without it nobody could tell what was fetched. */
  sha256: sha256Schema,
  /** Gives up when there is more; what this console takes at most when left out. */
  maxBytes: z.int('Whole bytes.').min(1, 'At least 1 byte.').optional(),
});
export type ImportImage = z.input<typeof importImageSchema>;
