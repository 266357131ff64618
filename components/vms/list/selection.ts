import { useMemo, useState } from 'react';

export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** @param through from the one that was chosen last to this one, as with Shift */
  readonly toggle: (id: string, through: boolean) => void;
  readonly choose: (ids: readonly string[]) => void;
}

/**
 * Which machines are chosen.
 * @param order the ids as they are shown; what is not shown is not chosen, so that nobody stops
 *   what they do not see
 */
export function useSelection(order: readonly string[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [last, setLast] = useState<string>();
  return useMemo(() => {
    const ids = new Set(order.filter((id) => chosen.has(id)));
    return {
      ids,
      choose: (next) => setChosen(new Set(next)),
      toggle: (id, through) => {
        setChosen(toggled(ids, order, id, through ? last : undefined));
        setLast(id);
      },
    };
  }, [order, chosen, last]);
}

/** @param from where the range begins; it is set to what `id` becomes */
export function toggled(
  ids: ReadonlySet<string>,
  order: readonly string[],
  id: string,
  from: string | undefined,
): Set<string> {
  const next = new Set(ids);
  const ends = [order.indexOf(from ?? id), order.indexOf(id)].sort((a, b) => a - b);
  const [begin = -1, end = -1] = ends;
  const range = begin === -1 ? [id] : order.slice(begin, end + 1);
  for (const each of range) {
    if (ids.has(id)) next.delete(each);
    else next.add(each);
  }
  return next;
}
