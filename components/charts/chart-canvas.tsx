'use client';

import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { ChartColours } from './chart-colours';
import { type ChartColumns, stack } from './chart-data';
import type { ChartSpec } from './chart-spec';
import { uplotOptions } from './uplot-options';
import { usePageTheme } from './use-page-theme';

export interface Hover {
  readonly index: number;
  /** From the left edge of the chart, in CSS pixels. */
  readonly left: number;
}

interface ChartCanvasProps {
  readonly spec: ChartSpec;
  readonly data: ChartColumns;
  readonly seconds: number;
  readonly syncKey: string;
  readonly onHover: (hover: Hover | undefined) => void;
  /** The end of the time shown, in s; else that of the data. */
  readonly until?: number | undefined;
  readonly onSelect?: ((from: number, to: number) => void) | undefined;
}

/** uPlot in React's clothes: made once for a spec and a theme, fed for each second. */
export function ChartCanvas({
  spec,
  data,
  seconds,
  syncKey,
  onHover,
  until,
  onSelect,
}: ChartCanvasProps) {
  const canZoom = onSelect !== undefined;
  const place = useRef<HTMLDivElement>(null);
  const theme = usePageTheme();
  const [chart, setChart] = useState<uPlot>();
  // The chart outlives renders; it asks for the newest of these when it draws.
  const latest = useRef({ data, seconds, onHover, until, onSelect });
  useEffect(() => {
    latest.current = { data, seconds, onHover, until, onSelect };
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read anew with the theme
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    let made: uPlot | undefined;
    let gone = false;
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = element;
      if (width > 0) made?.setSize({ width, height });
    });
    void import('uplot').then(({ default: UPlot }) => {
      if (gone) return;
      const options = uplotOptions(spec, new ChartColours(), {
        width: element.clientWidth,
        height: element.clientHeight,
        syncKey,
        window: () => shownWindow(latest.current),
        ...(canZoom && {
          onSelect: (from: number, to: number) => latest.current.onSelect?.(from, to),
        }),
        onCursor: (index, left) => {
          const plotLeft = (made?.bbox.left ?? 0) / devicePixelRatio;
          latest.current.onHover(
            index === undefined ? undefined : { index, left: plotLeft + left },
          );
        },
      });
      made = new UPlot(options, aligned(spec, latest.current.data), element);
      observer.observe(element);
      setChart(made);
    });
    return () => {
      gone = true;
      observer.disconnect();
      made?.destroy();
      setChart(undefined);
    };
  }, [spec, theme, syncKey, canZoom]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the window is read when it draws
  useEffect(() => {
    chart?.setData(aligned(spec, data));
  }, [chart, spec, data, seconds, until]);

  return <div ref={place} className="h-full w-full" />;
}

function aligned(spec: ChartSpec, { times, columns }: ChartColumns): uPlot.AlignedData {
  const shown = spec.stacked ? stack(columns) : columns;
  return [[...times], ...shown.map((column) => [...column])];
}

interface Shown {
  readonly data: ChartColumns;
  readonly seconds: number;
  readonly until: number | undefined;
}

function shownWindow({ data, seconds, until }: Shown): readonly [number, number] {
  const to = until ?? data.times.at(-1) ?? Date.now() / 1000;
  return [to - seconds, to];
}
