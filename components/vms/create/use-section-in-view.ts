import { useEffect, useState } from 'react';

/** Sections count as read from a little below the bar at the top on. */
const READING_LINE = '-96px 0px -60% 0px';

/** @returns which of the sections, by their ids on the page, is the first in view */
export function useSectionInView(ids: readonly string[]): string | undefined {
  const [inView, setInView] = useState<string>();
  useEffect(() => {
    const seen = new Set<string>();
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) seen.add(target.id);
          else seen.delete(target.id);
        }
        // Between two sections, the one before is still being read.
        setInView((before) => ids.find((id) => seen.has(id)) ?? before);
      },
      { rootMargin: READING_LINE },
    );
    for (const id of ids) {
      const section = document.getElementById(id);
      if (section !== null) observer.observe(section);
    }
    return () => observer.disconnect();
  }, [ids]);
  return inView;
}
