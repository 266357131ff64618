/** Keys that follow each other count as one shortcut within this time. */
export const SEQUENCE_MS = 1200;

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** As it is written in the list of shortcuts: `k`, `?`, `mod+k`; undefined for what is none. */
export function nameOf({ key, ctrlKey, metaKey, altKey }: KeyPress): string | undefined {
  if (altKey || key.length !== 1) return undefined;
  return `${ctrlKey || metaKey ? 'mod+' : ''}${key.toLowerCase()}`;
}

/**
 * Gathers keys into shortcuts.
 * @param known every shortcut, a sequence with spaces: `g m`
 */
export class KeySequence {
  private pressed: string[] = [];
  private last = Number.NEGATIVE_INFINITY;

  /** @returns the shortcut this key completes */
  press(name: string, now: number, known: ReadonlySet<string>): string | undefined {
    if (now - this.last > SEQUENCE_MS) this.pressed = [];
    this.last = now;
    this.pressed.push(name);
    const sequence = this.pressed.join(' ');
    const found = [sequence, name].find((shortcut) => known.has(shortcut));
    const goesOn = [...known].some((shortcut) => shortcut.startsWith(`${sequence} `));
    if (found !== undefined || !goesOn) this.pressed = [];
    return found;
  }
}
