'use client';

import { usePathname } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { focusMainIfLost } from './focus-main';

/** After a way to another page, the keyboard goes on there when what led there is gone. */
export function useRouteFocus(): void {
  const pathname = usePathname();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    focusMainIfLost();
  }, [pathname]);
}
