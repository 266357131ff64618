'use client';

import { useSearchParams } from 'next/navigation';
import { useEffect, useState } from 'react';

/**
 * Something that was chosen on a page and stands in its address, so that it can be linked, reloaded,
 * and found again by "back". Empty: nothing was.
 * @param name of the parameter
 */
export function useAddressValue(name: string): readonly [string, (value: string) => void] {
  const query = useSearchParams();
  const [value, setValue] = useState(() => query.get(name) ?? '');

  // A link to this page, as in the navigation. What Next tells of our own changes comes late, so that
  // the address itself is asked.
  useEffect(() => {
    void query;
    setValue(new URLSearchParams(window.location.search).get(name) ?? '');
  }, [query, name]);

  const change = (next: string) => {
    setValue(next);
    const { pathname, search } = window.location;
    const written = new URLSearchParams(search);
    if (next === '') written.delete(name);
    else written.set(name, next);
    // Replaced and not pushed: nobody wants to go back through each letter.
    window.history.replaceState(null, '', written.size === 0 ? pathname : `${pathname}?${written}`);
  };
  return [value, change];
}
