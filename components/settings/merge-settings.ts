import type { Settings } from '@/server/api/settings';

/**
 * Of two who changed the settings: what each changed alone holds, and what both did stays as it was
 * typed here, be it right or not: who saves it is told.
 * @param before what both began from
 * @returns also what the other has changed, as `section.name`
 */
export function mergeSettings(
  before: Settings,
  mine: Settings,
  theirs: Settings,
): { readonly merged: Settings; readonly changed: readonly string[] } {
  const from = flat(before);
  return {
    merged: {
      capacity: mergeSection(before.capacity, mine.capacity, theirs.capacity),
      retention: mergeSection(before.retention, mine.retention, theirs.retention),
      recordings: mergeSection(before.recordings, mine.recordings, theirs.recordings),
      images: mergeSection(before.images, mine.images, theirs.images),
    },
    changed: [...flat(theirs)].flatMap(([path, value]) => (from.get(path) === value ? [] : [path])),
  };
}

function mergeSection<Section extends object>(
  before: Section,
  mine: Section,
  theirs: Section,
): Section {
  const merged = { ...mine };
  for (const name of Object.keys(theirs) as (keyof Section)[]) {
    if (mine[name] === before[name]) merged[name] = theirs[name];
  }
  return merged;
}

function flat(settings: Settings): Map<string, unknown> {
  return new Map(
    Object.entries(settings).flatMap(([section, values]) =>
      Object.entries(values).map(([name, value]) => [`${section}.${name}`, value] as const),
    ),
  );
}
