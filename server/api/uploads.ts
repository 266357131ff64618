import { z } from 'zod';
import { storedImageKindSchema } from './images';
import { resourceNameSchema, sha256Schema } from './names';

/** `POST /uploads`. */
export const createUploadSchema = z.strictObject({
  name: resourceNameSchema,
  kind: storedImageKindSchema,
  sizeBytes: z.int('Whole bytes.').min(1, 'At least 1 byte.'),
  /** Of the whole file; checked once it is there. */
  sha256: sha256Schema.optional(),
});
export type CreateUpload = z.input<typeof createUploadSchema>;

/**
 * A file that is being sent. Chunks follow each other: `PUT /uploads/{id}?offset={receivedBytes}`
 * with the bytes as application/octet-stream; `HEAD` and `GET` tell where to go on after a break.
 * `POST /uploads/{id}/complete` makes an image with the id of the upload out of it.
 */
export const uploadSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: storedImageKindSchema,
  sizeBytes: z.int(),
  /** Bytes that are safely stored; also in the header `Upload-Offset`. */
  receivedBytes: z.int(),
  sha256: z.string().nullable(),
  /** A good size of a chunk. Any other is taken, too. */
  chunkBytes: z.int(),
  createdAt: z.iso.datetime(),
  /** When it is thrown away unless more of it comes. */
  expiresAt: z.iso.datetime(),
});
export type Upload = z.infer<typeof uploadSchema>;

/** `GET /uploads`: one's own; an administrator sees all. */
export const uploadListSchema = z.object({
  items: z.array(uploadSchema),
  nextCursor: z.string().nullable(),
});

/** `PUT /uploads/{id}`. */
export const uploadChunkQuerySchema = z.strictObject({
  offset: z
    .string()
    .regex(/^\d{1,15}$/, 'A number of bytes.')
    .transform(Number),
});
