import { clsx } from 'clsx';

export interface TooltipRow {
  readonly label: string;
  readonly value: string;
  /** A CSS colour; none for a row that is no series. */
  readonly colour?: string | undefined;
}

interface ChartTooltipProps {
  readonly time: string;
  readonly rows: readonly TooltipRow[];
  /** Where the moment is, in CSS pixels from the left, and how wide the chart is. */
  readonly left: number;
  readonly width: number;
}

/** In this distance of the cursor, on the side where there is room. */
const AWAY = 12;

export function ChartTooltip({ time, rows, left, width }: ChartTooltipProps) {
  const side = left > width / 2 ? { right: width - left + AWAY } : { left: left + AWAY };
  return (
    <div
      aria-hidden
      style={side}
      className="pointer-events-none absolute top-2 z-20 min-w-36 rounded-md border border-line bg-raised px-2.5 py-2 text-xs shadow-float"
    >
      <p className="mb-1 text-faint tabular-nums">{time}</p>
      {rows.map((row) => (
        <p key={row.label} className="flex items-center justify-between gap-4 whitespace-nowrap">
          <span
            className={clsx('flex items-center gap-1.5', row.colour ? 'text-ink' : 'text-muted')}
          >
            {row.colour && (
              <span className="size-2 rounded-[2px]" style={{ background: row.colour }} />
            )}
            {row.label}
          </span>
          <span className="font-medium tabular-nums">{row.value}</span>
        </p>
      ))}
    </div>
  );
}
