import type { ResourceLimits } from 'node:worker_threads';

/** What a thread of the bundle is for; the main thread has none of these. */
export type WorkerRole =
  | { readonly role: 'vcpu' }
  | { readonly role: 'devices'; readonly doorbellFd: number };

/** A worker holds views and a few objects. Small heaps are collected before they grow. */
export const WORKER_LIMITS: ResourceLimits = {
  maxOldGenerationSizeMb: 16,
  maxYoungGenerationSizeMb: 1,
  codeRangeSizeMb: 8,
  stackSizeMb: 1,
};
