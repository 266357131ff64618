import { z } from 'zod';

/** What is looked at, in the order in which it is told. */
export const CHECKS = [
  'kvm',
  'processor',
  'mitigations',
  'memory',
  'huge-pages',
  'storage',
  'reflink',
  'io-uring',
  'qemu-img',
  'open-files',
] as const;
export type CheckId = (typeof CHECKS)[number];

export const findingSchema = z.object({
  id: z.enum(CHECKS),
  /** `note` is worth knowing; `warning` will hurt one day; with a `problem` something does not work. */
  level: z.enum(['ok', 'note', 'warning', 'problem']),
  /** What was found, and what that means. */
  detail: z.string(),
  /** What to do about it. */
  hint: z.string().nullable(),
});
export type Finding = z.infer<typeof findingSchema>;

/** `GET /host/doctor`. */
export const doctorSchema = z.object({ findings: z.array(findingSchema) });
export type Doctor = z.infer<typeof doctorSchema>;
