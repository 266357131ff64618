import { matchScore } from './match';

/** Something the palette can do. */
export interface PaletteItem {
  readonly key: string;
  /** What it does, as it is found by. */
  readonly title: string;
  /** The name of its group. */
  readonly group: string;
  /** Beside the title: a state, a shortcut. */
  readonly detail?: string;
  readonly keys?: string;
  readonly run: () => void;
  /** Why it cannot be done now; it is found all the same, after what can. */
  readonly disabledReason?: string | undefined;
  /** Found only by typing: there would be hundreds of them. */
  readonly hidden?: boolean;
}

/** More than anybody reads. */
const MOST = 50;

/** Those that answer to what was typed, the best first, but each group together. */
export function findItems(items: readonly PaletteItem[], typed: string): PaletteItem[] {
  const text = typed.trim();
  if (text === '') return items.filter(({ hidden }) => !hidden).slice(0, MOST);
  const scored = items
    .flatMap((item) => {
      const score = matchScore(item.title, text);
      return score === undefined ? [] : [{ item, score }];
    })
    .toSorted((a, b) => worth(b) - worth(a))
    .slice(0, MOST);
  const groups = [...new Set(scored.map(({ item }) => item.group))];
  return groups.flatMap((group) =>
    scored.filter(({ item }) => item.group === group).map(({ item }) => item),
  );
}

interface Scored {
  readonly item: PaletteItem;
  readonly score: number;
}

/** More than any two scores differ by. */
const DISABLED = 1_000;

function worth({ item, score }: Scored): number {
  return item.disabledReason === undefined ? score : score - DISABLED;
}
