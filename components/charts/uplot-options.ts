import type uPlot from 'uplot';
import { formatDayTime } from '../i18n/format';
import type { ChartColours } from './chart-colours';
import type { ChartSpec } from './chart-spec';

/** In rem, as all text is: a wall screen is read from further away. */
const X_AXIS_HEIGHT = 1.6;
const X_AXIS_GAP = 0.5;
const Y_AXIS_WIDTH = 3.8;
const AXIS_FONT_SIZE = 0.6875;
/** So that times do not touch, and the last is not cut. */
const LEAST_X_SPACE = 5.25;
const RIGHT_PADDING = 1.75;
const AREA_OPACITY = 0.22;
const LIMIT_DASH = [5, 4];

export interface ChartFrame {
  readonly width: number;
  readonly height: number;
  /** Charts with the same key show the same moment. */
  readonly syncKey: string;
  /** The time shown, in s, up to the newest sample. */
  readonly window: () => readonly [from: number, to: number];
  /** The place of the cursor in the data; undefined when there is none. */
  readonly onCursor: (index: number | undefined, left: number) => void;
  /** A stretch of time was drawn over, in s; absent where there is nothing to zoom into. */
  readonly onSelect?: ((from: number, to: number) => void) | undefined;
}

/** A press that slips a little is no wish to zoom. */
const LEAST_SELECTED_PX = 6;

export function uplotOptions(
  spec: ChartSpec,
  colours: ChartColours,
  frame: ChartFrame,
): uPlot.Options {
  const { width, height, onSelect } = frame;
  const { rem } = colours;
  const axis = {
    stroke: colours.role('faint'),
    font: `${AXIS_FONT_SIZE * rem}px ${colours.fontFamily}`,
    grid: { stroke: colours.role('chart-grid'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    padding: [8, RIGHT_PADDING * rem, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: onSelect !== undefined, y: false, setScale: false },
      sync: { key: frame.syncKey, setSeries: false },
      points: { size: 7 },
    },
    scales: {
      x: { time: true, range: () => [...frame.window()] },
      y: { range: (_, __, largest) => [0, spec.top(largest ?? 0)] },
    },
    axes: [
      {
        ...axis,
        size: X_AXIS_HEIGHT * rem,
        gap: X_AXIS_GAP * rem,
        space: LEAST_X_SPACE * rem,
        grid: { show: false },
        values: (_, times) => times.map((time) => clock(time, spanOf(frame))),
      },
      {
        ...axis,
        size: Y_AXIS_WIDTH * rem,
        splits: (chart) => [...spec.marks(chart.scales['y']?.max ?? 0)],
        values: (_, values) => values.map(spec.format),
      },
    ],
    series: [{}, ...spec.series.map((series, i) => seriesOptions(spec, i, series, colours))],
    bands: spec.stacked
      ? spec.series.slice(1).map((_, i): uPlot.Band => ({ series: [i + 2, i + 1] }))
      : [],
    hooks: {
      setCursor: [
        (chart) => {
          const { idx, left = -1 } = chart.cursor;
          frame.onCursor(left < 0 ? undefined : (idx ?? undefined), left);
        },
      ],
      setSelect: [
        (chart) => {
          const { left, width: selected } = chart.select;
          if (selected < LEAST_SELECTED_PX) return;
          onSelect?.(chart.posToVal(left, 'x'), chart.posToVal(left + selected, 'x'));
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

function seriesOptions(
  spec: ChartSpec,
  index: number,
  series: ChartSpec['series'][number],
  colours: ChartColours,
): uPlot.Series {
  const stroke = colours.series(series.colour);
  const common = { label: series.label, stroke, points: { show: false }, spanGaps: false };
  if (series.kind === 'limit') return { ...common, width: 1.25, dash: LIMIT_DASH };
  if (series.kind === 'line') return { ...common, width: 1.5 };
  const fill = colours.area(series.colour, AREA_OPACITY + (spec.stacked && index > 0 ? 0.08 : 0));
  return { ...common, width: 1.5, fill };
}

const HOUR = 3600;
const DAY = 24 * HOUR;

const TIME = { hour: '2-digit', minute: '2-digit' } as const;
/** As exact as the time shown is short; digits and colons are the same in both languages. */
const SECONDS = new Intl.DateTimeFormat('en-GB', { ...TIME, second: '2-digit' });
const MINUTES = new Intl.DateTimeFormat('en-GB', TIME);

/**
 * @param seconds since 1970
 * @param span of what is shown
 */
export function clock(seconds: number, span: number): string {
  if (span > DAY) return formatDayTime(seconds * 1000);
  return (span < HOUR ? SECONDS : MINUTES).format(seconds * 1000);
}

function spanOf({ window }: ChartFrame): number {
  const [from, to] = window();
  return to - from;
}
