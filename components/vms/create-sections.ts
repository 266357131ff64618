import type { CreateValues } from './create-values';

/** The parts of the form, and the fields a mark in the list of sections stands for. */
export const SECTIONS = [
  { id: 'basics', title: 'create.basics', fields: ['name'] },
  { id: 'boot', title: 'create.boot', fields: [] },
  { id: 'compute', title: 'create.compute', fields: ['vcpus', 'memory'] },
  { id: 'advanced', title: 'create.advanced', fields: ['cmdline'] },
] as const satisfies readonly {
  id: string;
  title: string;
  fields: readonly (keyof CreateValues)[];
}[];
