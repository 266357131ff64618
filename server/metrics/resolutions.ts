import type { HistoryRange } from '../api/metrics';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps in which figures are kept, how long, and how many of them stand in one row. */
export interface Resolution {
  readonly stepSeconds: number;
  readonly keptSeconds: number;
  readonly blockSeconds: number;
}

/**
 * A row is rewritten until it is full, so it is small where points come often; and there are few
 * rows: 288, 24 and 1 a day for each machine.
 */
export const RESOLUTIONS: readonly Resolution[] = [
  { stepSeconds: 10, keptSeconds: DAY, blockSeconds: 5 * MINUTE },
  { stepSeconds: MINUTE, keptSeconds: 31 * DAY, blockSeconds: HOUR },
  { stepSeconds: 30 * MINUTE, keptSeconds: 366 * DAY, blockSeconds: DAY },
];

/** What each range is shown in: some hundred points, as many as a chart has room for. */
export const RANGES: Readonly<
  Record<HistoryRange, { readonly seconds: number; readonly from: number; readonly step: number }>
> = {
  '1h': { seconds: HOUR, from: 10, step: 10 },
  '6h': { seconds: 6 * HOUR, from: 10, step: MINUTE },
  '24h': { seconds: DAY, from: MINUTE, step: 2 * MINUTE },
  '7d': { seconds: 7 * DAY, from: MINUTE, step: 15 * MINUTE },
  '30d': { seconds: 30 * DAY, from: 30 * MINUTE, step: HOUR },
  '1y': { seconds: 366 * DAY, from: 30 * MINUTE, step: 12 * HOUR },
};
