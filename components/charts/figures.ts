const COUNT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** Three digits at most: `0`, `12.5`, `1.23k`. */
export function formatCount(value: number): string {
  // The SI has a small k; ICU's English does not.
  return COUNT.format(value).replace('K', 'k');
}
