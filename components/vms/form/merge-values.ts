import type { VmValues } from './vm-values';

type Field = keyof VmValues;

/** Fields that say something only together. */
const GROUPS: readonly (readonly [Field, ...Field[]])[] = [
  ['name'],
  ['tags'],
  ['notes'],
  ['vcpus'],
  ['memory', 'memoryUnit'],
  ['bootFrom', 'kernelId', 'initrdId'],
  ['cmdline'],
  ['restart'],
  ['cpuTemplate'],
  ['pages'],
  ['autostart'],
  ['balloon'],
  ['rng'],
];

/** Something that somebody else has changed. */
export interface Change {
  /** The first names the others. */
  readonly fields: readonly [Field, ...Field[]];
  /** It was changed here too, to something else. */
  readonly contested: boolean;
}

/**
 * Of two who changed the same machine: what each changed alone holds, and what both did stays as it
 * was typed here, until somebody decides.
 * @param before what both began from
 */
export function mergeValues(
  before: VmValues,
  mine: VmValues,
  theirs: VmValues,
): { readonly merged: VmValues; readonly changes: readonly Change[] } {
  const changes: Change[] = [];
  let merged = mine;
  for (const fields of GROUPS) {
    if (same(fields, before, theirs)) continue;
    const isMine = !same(fields, before, mine);
    changes.push({ fields, contested: isMine && !same(fields, mine, theirs) });
    if (!isMine) merged = { ...merged, ...pick(fields, theirs) };
  }
  return { merged, changes };
}

function same(fields: readonly Field[], a: VmValues, b: VmValues): boolean {
  return fields.every((field) => a[field] === b[field]);
}

function pick(fields: readonly Field[], values: VmValues): Partial<VmValues> {
  return Object.fromEntries(fields.map((field) => [field, values[field]]));
}
