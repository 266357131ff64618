import type { Language } from './languages';
import { readerLanguage } from './reader';

/** Making one of these takes longer than using it a hundred times. */
function cached<Format>(make: (locale: Language) => Format): () => Format {
  const made = new Map<Language, Format>();
  return () => {
    const language = readerLanguage();
    const format = made.get(language) ?? make(language);
    made.set(language, format);
    return format;
  };
}

const figure = [0, 1, 2].map((maximumFractionDigits) =>
  cached((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits, useGrouping: false })),
);
const percent = cached(
  (locale) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }),
);
const dateTime = cached(
  (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
);
const day = cached(
  (locale) =>
    new Intl.DateTimeFormat(locale, {
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }),
);
const date = cached((locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }));
const clock = cached(
  (locale) => new Intl.DateTimeFormat(locale, { timeStyle: 'medium', hourCycle: 'h23' }),
);
const time = cached((locale) => new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }));

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
  const text = figure[digits]?.().format(value) ?? String(value);
  return `${bytes < 0 ? '−' : ''}${text} ${BYTE_UNITS[unit] ?? 'B'}`;
}

/** @param share 0 to 1 */
export function formatPercent(share: number): string {
  return percent().format(share);
}

const DURATION_UNITS = [
  [86_400, { en: 'd', zh: '天' }],
  [3_600, { en: 'h', zh: '小时' }],
  [60, { en: 'min', zh: '分' }],
  [1, { en: 's', zh: '秒' }],
] as const satisfies readonly [number, Readonly<Record<Language, string>>][];

/** The two largest units that say something: `3 d 4 h`, `12 min 5 s`, `0 s`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const first = DURATION_UNITS.findIndex(([size]) => seconds >= size);
  if (first === -1) return `0 ${DURATION_UNITS[3][1][readerLanguage()]}`;
  let rest = seconds;
  const parts: string[] = [];
  for (const [size, unit] of DURATION_UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit[readerLanguage()]}`);
  }
  return parts.join(' ');
}

/** @param iso ISO 8601 */
export function formatDateTime(iso: string): string {
  return dateTime().format(new Date(iso));
}

/**
 * As much of a moment as a list needs: of today the time, of this year the day and the time, of
 * other years the date.
 * @param iso ISO 8601
 */
export function formatMoment(iso: string, now = new Date()): string {
  const at = new Date(iso);
  if (at.toDateString() === now.toDateString()) return clock().format(at);
  return (at.getFullYear() === now.getFullYear() ? day() : date()).format(at);
}

/** For the axis of a chart. @param milliseconds since 1970 */
export function formatDayTime(milliseconds: number): string {
  return day().format(milliseconds);
}

/** @param iso ISO 8601 */
export function formatTime(iso: string): string {
  return time().format(new Date(iso));
}
