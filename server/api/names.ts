import { z } from 'zod';

/** What people call an image, an upload or a disk. It never becomes a name of a file. */
export const resourceNameSchema = z
  .string()
  .trim()
  .min(1, 'Give it a name.')
  .max(63, 'At most 63 characters.')
  .regex(/^[^\p{C}]+$/u, 'No control characters.');

export const notesSchema = z
  .string()
  .max(4000, 'At most 4000 characters.')
  .regex(/^(?:[^\p{Cc}]|[\n\t])*$/u, 'No control characters but line ends and tabs.');

/** SHA-256, kept in lower case. */
export const sha256Schema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits.');
