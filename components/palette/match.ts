/**
 * How well `text` answers to what was typed: the letters in their order, better the closer together
 * and at the beginnings of words.
 * @returns undefined when it does not
 */
export function matchScore(text: string, typed: string): number | undefined {
  const letters = [...typed.toLowerCase().replace(/\s+/g, '')];
  const within = text.toLowerCase();
  let score = 0;
  let at = -1;
  for (const letter of letters) {
    const found = bestNext(within, letter, at);
    if (found === undefined) return undefined;
    if (isWordStart(within, found)) score += WORD_START;
    else if (found === at + 1) score += NEXT;
    else score -= Math.min(MOST_GAP, found - at);
    at = found;
  }
  // Of two that answer alike, the shorter one was meant.
  return score - text.length / 100;
}

const WORD_START = 6;
const NEXT = 4;
const MOST_GAP = 3;

/** The next one right behind, else at the beginning of a word, else wherever it is. */
function bestNext(within: string, letter: string, after: number): number | undefined {
  if (within[after + 1] === letter) return after + 1;
  let first: number | undefined;
  for (let at = within.indexOf(letter, after + 1); at !== -1; at = within.indexOf(letter, at + 1)) {
    if (isWordStart(within, at)) return at;
    first ??= at;
  }
  return first;
}

function isWordStart(text: string, at: number): boolean {
  return at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '');
}
