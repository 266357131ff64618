'use client';

import { useEffect, useRef } from 'react';
import { addShortcut } from './registry';

/** @param shortcut as in `SHORTCUTS`: `/`, `g m`, `mod+k` (Ctrl, or Command on a Mac) */
export function useShortcut(shortcut: string, action: () => void): void {
  const newest = useRef(action);
  useEffect(() => {
    newest.current = action;
  });
  useEffect(() => addShortcut(shortcut, () => newest.current()), [shortcut]);
}
