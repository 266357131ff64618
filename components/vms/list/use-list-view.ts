'use client';

import { useSearchParams } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { type ListView, readView, writeView } from './list-view';

/** The view is in the address too: it can be linked, reloaded, and found again by "back". */
export function useListView(): [ListView, (view: ListView) => void] {
  const query = useSearchParams();
  const [view, setView] = useState(() => readView(query));
  const written = useRef(writeView(view));

  // Somebody else has changed the address: a link to this page, as in the navigation. What Next
  // tells of our own changes comes late, so that the address itself is asked.
  useEffect(() => {
    void query;
    const { search } = window.location;
    if (search === written.current) return;
    written.current = search;
    setView(readView(new URLSearchParams(search)));
  }, [query]);

  const change = (next: ListView) => {
    setView(next);
    written.current = writeView(next);
    // Replaced and not pushed: nobody wants to go back through each letter of a search.
    window.history.replaceState(null, '', window.location.pathname + written.current);
  };
  return [view, change];
}
