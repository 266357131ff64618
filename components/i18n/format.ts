/** Figures and times as the reader writes them. */
const LOCALE = 'en';

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const STEP = 1024;

/** Three digits at most, and a whole number where it is one: `128 MiB`, `1.5 GiB`, `23.4 GiB`. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes);
  let unit = 0;
  // From 999.5 on, rounding would show four digits.
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    // 1000 to 1023 stay what they are where they are exact, as in 1000 MiB of memory asked for.
    if (value < STEP && Number.isInteger(value)) break;
    value /= STEP;
    unit += 1;
  }
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const figure = new Intl.NumberFormat(LOCALE, {
    maximumFractionDigits: digits,
    useGrouping: false,
  }).format(value);
  return `${bytes < 0 ? '−' : ''}${figure} ${BYTE_UNITS[unit] ?? 'B'}`;
}

/** @param share 0 to 1 */
export function formatPercent(share: number): string {
  return new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 0 }).format(
    share,
  );
}

const DURATION_UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** The two largest units that say something: `3 d 4 h`, `12 min 5 s`, `0 s`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const first = DURATION_UNITS.findIndex(([, size]) => seconds >= size);
  if (first === -1) return '0 s';
  let rest = seconds;
  const parts: string[] = [];
  for (const [unit, size] of DURATION_UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(' ');
}

/** @param iso ISO 8601 */
export function formatDateTime(iso: string): string {
  return new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(iso),
  );
}

/** @param iso ISO 8601 */
export function formatTime(iso: string): string {
  return new Intl.DateTimeFormat(LOCALE, { timeStyle: 'medium' }).format(new Date(iso));
}
