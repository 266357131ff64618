import { type Settings, settingsSchema } from '@/server/api/settings';

/**
 * Of two who changed the settings: what each changed alone holds, and what both did stays as it was
 * typed here.
 * @param before what both began from
 * @returns also what the other has changed, as `section.name`
 */
export function mergeSettings(
  before: Settings,
  mine: Settings,
  theirs: Settings,
): { readonly merged: Settings; readonly changed: readonly string[] } {
  const [from, here] = [flat(before), flat(mine)];
  const changed: string[] = [];
  const merged: Record<string, Record<string, unknown>> = structuredClone(mine);
  for (const [path, value] of flat(theirs)) {
    if (from.get(path) === value) continue;
    changed.push(path);
    const [section = '', name = ''] = path.split('.');
    const values = merged[section];
    if (values !== undefined && here.get(path) === from.get(path)) values[name] = value;
  }
  // What is typed may be no number yet, which is for the one who saves it to be told.
  const parsed = settingsSchema.safeParse(merged);
  return { merged: parsed.success ? parsed.data : mine, changed };
}

function flat(settings: Settings): Map<string, unknown> {
  return new Map(
    Object.entries(settings).flatMap(([section, values]) =>
      Object.entries(values).map(([name, value]) => [`${section}.${name}`, value] as const),
    ),
  );
}
