'use client';

import { useWindowVirtualizer, type VirtualItem } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';

/** With fewer, the browser's own search finds every row, and nothing is gained. */
const WINDOW_FROM = 60;
/** Drawn above and below what is seen, so that a quick scroll finds rows there. */
const SPARE = 12;

interface RowWindow<Place extends HTMLElement> {
  readonly place: React.RefObject<Place | null>;
  readonly rows: readonly Pick<VirtualItem, 'index'>[];
  /** Pixels that stand for what is not drawn. */
  readonly above: number;
  readonly below: number;
  readonly measure: (row: Element | null) => void;
}

/** Which rows of a long list are drawn, as the page is scrolled. */
export function useRowWindow<Place extends HTMLElement = HTMLTableElement>(
  count: number,
  rowPx: number,
): RowWindow<Place> {
  const place = useRef<Place>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const rect = place.current?.getBoundingClientRect();
    if (rect !== undefined) setTop(Math.round(rect.top + window.scrollY));
  });
  const isLong = count >= WINDOW_FROM;
  const virtualizer = useWindowVirtualizer({
    count,
    enabled: isLong,
    estimateSize: () => rowPx,
    overscan: SPARE,
    scrollMargin: top,
  });
  if (!isLong) {
    const rows = Array.from({ length: count }, (_, index) => ({ index }));
    return { place, rows, above: 0, below: 0, measure: () => {} };
  }
  const rows = virtualizer.getVirtualItems();
  const end = rows.at(-1)?.end ?? top;
  return {
    place,
    rows,
    above: Math.max(0, (rows[0]?.start ?? top) - top),
    below: Math.max(0, virtualizer.getTotalSize() - (end - top)),
    measure: virtualizer.measureElement,
  };
}
