import { useEffect, useEffectEvent } from 'react';

/** What floats at a place of the page goes when the page is scrolled from under it. */
export function useScrollAway(open: boolean, onAway: () => void): void {
  const away = useEffectEvent(onAway);
  useEffect(() => {
    if (!open) return undefined;
    const follow = () => away();
    window.addEventListener('scroll', follow, { passive: true });
    return () => window.removeEventListener('scroll', follow);
  }, [open]);
}
