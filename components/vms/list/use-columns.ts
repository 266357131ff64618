'use client';

import { useSyncExternalStore } from 'react';
import { useMediaQuery } from '../../ui/use-media-query';
import { VM_COLUMNS, type VmColumn } from './vm-columns';

const KEY = 'virtdeck.machines.columns';
/** This page changes it without the browser telling it so. */
const CHANGED = 'virtdeck:columns';
/** As the breakpoint `3xl` of app/globals.css. */
const VERY_WIDE = '(min-width: 110rem)';

function subscribe(listener: () => void): () => void {
  window.addEventListener('storage', listener);
  window.addEventListener(CHANGED, listener);
  return () => {
    window.removeEventListener('storage', listener);
    window.removeEventListener(CHANGED, listener);
  };
}

/** Which columns this browser shows beside the name. */
export function useColumns(): {
  readonly shown: readonly VmColumn[];
  readonly toggle: (key: string) => void;
} {
  const saved = useSyncExternalStore(
    subscribe,
    () => localStorage.getItem(KEY),
    () => null,
  );
  const isVeryWide = useMediaQuery(VERY_WIDE);
  const shown = chosenColumns(saved, isVeryWide);
  const toggle = (key: string) => {
    const keys = shown.map((column) => column.key);
    const next = keys.includes(key) ? keys.filter((other) => other !== key) : [...keys, key];
    localStorage.setItem(KEY, next.join(','));
    window.dispatchEvent(new Event(CHANGED));
  };
  return { shown, toggle };
}

/** @param saved keys with commas; null where nobody has chosen */
export function chosenColumns(saved: string | null, isVeryWide: boolean): readonly VmColumn[] {
  if (saved === null) return VM_COLUMNS.filter(({ extra }) => isVeryWide || !extra);
  const keys = saved.split(',');
  return VM_COLUMNS.filter(({ key }) => keys.includes(key));
}
