import type { CreateValues } from './create-values';

/** The parts of the form, and the fields a mark in the list of sections stands for. */
export const SECTIONS = [
  { id: 'basics', title: 'create.basics', fields: ['name', 'tags', 'notes'] },
  { id: 'boot', title: 'create.boot', fields: ['kernelId', 'initrdId', 'cmdline'] },
  { id: 'compute', title: 'create.compute', fields: ['vcpus', 'memory'] },
  { id: 'disks', title: 'create.disks', fields: ['disks'] },
  { id: 'advanced', title: 'create.advanced', fields: [] },
] as const satisfies readonly {
  id: string;
  title: string;
  fields: readonly (keyof CreateValues)[];
}[];
