'use client';

import { type ReactNode, useRef, useState } from 'react';
import { formatDuration } from '@/components/i18n/format';
import { useText } from '@/components/i18n/use-text';
import { ChartCanvas, type Hover } from './chart-canvas';
import type { ChartColumns } from './chart-data';
import type { ChartSpec } from './chart-spec';
import { ChartTooltip, type TooltipRow } from './chart-tooltip';
import { clock } from './uplot-options';

interface LiveChartProps {
  readonly title: string;
  readonly hint: string;
  readonly spec: ChartSpec;
  readonly data: ChartColumns;
  readonly seconds: number;
  readonly syncKey: string;
  /** Further rows under the series of the moment at `time`, in s since 1970. */
  readonly moreRows?: (time: number) => readonly TooltipRow[];
  /** In place of the chart, when there is nothing to draw. */
  readonly empty?: ReactNode;
  /** The end of the time shown, in s since 1970; else that of the data. */
  readonly until?: number | undefined;
  /** A stretch of time was drawn over, in s since 1970. */
  readonly onSelect?: ((from: number, to: number) => void) | undefined;
}

/** A chart of the last minutes with the values of now in words beside it. */
export function LiveChart({
  title,
  hint,
  spec,
  data,
  seconds,
  syncKey,
  moreRows,
  empty,
  until,
  onSelect,
}: LiveChartProps) {
  const t = useText();
  const box = useRef<HTMLDivElement>(null);
  // The moment, also when it is pointed at in a chart beside this one; only one shows its values.
  const [hover, setHover] = useState<Hover>();
  const [pointed, setPointed] = useState(false);
  const newest = data.times.length - 1;
  const rowsAt = (index: number): readonly TooltipRow[] =>
    spec.series.map((series, i) => {
      const value = data.columns[i]?.[index];
      return {
        label: series.label,
        value: value == null ? '–' : spec.format(value),
        colour: `var(--chart-${series.colour})`,
      };
    });
  const time = hover === undefined ? undefined : data.times[hover.index];
  return (
    <figure className="flex min-w-0 flex-col rounded-lg border border-line bg-surface px-4 pt-4 pb-3 shadow-lift sm:px-5">
      <figcaption className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2 className="font-semibold text-base">{title}</h2>
        <p className="text-faint text-xs">{hint}</p>
      </figcaption>
      <Legend rows={newest < 0 ? rowsAt(0) : rowsAt(newest)} />
      <div
        ref={box}
        className="relative mt-3 min-h-44 flex-1 2xl:min-h-56"
        onPointerEnter={() => setPointed(true)}
        onPointerLeave={() => setPointed(false)}
      >
        {empty ? (
          <div className="absolute inset-0 grid place-items-center rounded-md bg-sunken px-4 text-center text-muted">
            {empty}
          </div>
        ) : (
          <div
            role="img"
            aria-label={t('machine.chartLabel', { title, time: formatDuration(seconds * 1000) })}
            className="absolute inset-0"
          >
            <ChartCanvas
              spec={spec}
              data={data}
              seconds={seconds}
              syncKey={syncKey}
              onHover={setHover}
              until={until}
              onSelect={onSelect}
            />
          </div>
        )}
        {pointed && hover && time !== undefined && !empty && (
          <ChartTooltip
            time={clock(time, seconds)}
            rows={[...rowsAt(hover.index), ...(moreRows?.(time) ?? [])]}
            left={hover.left}
            width={box.current?.clientWidth ?? 0}
          />
        )}
      </div>
    </figure>
  );
}

/** The chart in words, for those who do not see it and those who want the figure. */
function Legend({ rows }: { readonly rows: readonly TooltipRow[] }) {
  return (
    <dl className="mt-2 flex flex-wrap gap-x-5 gap-y-1 text-sm">
      {rows.map((row) => (
        <div key={row.label} className="flex items-baseline gap-1.5">
          <span
            aria-hidden
            className="size-2 shrink-0 self-center rounded-[2px]"
            style={{ background: row.colour }}
          />
          <dt className="text-muted">{row.label}</dt>
          <dd className="font-medium tabular-nums">{row.value}</dd>
        </div>
      ))}
    </dl>
  );
}
