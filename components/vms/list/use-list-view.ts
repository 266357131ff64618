'use client';

import { useSearchParams } from 'next/navigation';
import { useMemo } from 'react';
import { type ListView, readView, writeView } from './list-view';

/** The view in the address: it can be linked, reloaded, and found again by "back". */
export function useListView(): [ListView, (view: ListView) => void] {
  const query = useSearchParams();
  const view = useMemo(() => readView(query), [query]);
  const setView = (next: ListView) => {
    // Replaced and not pushed: nobody wants to go back through each letter of a search.
    window.history.replaceState(null, '', window.location.pathname + writeView(next));
  };
  return [view, setView];
}
