'use client';

import { useRouter } from 'next/navigation';
import { useCallback } from 'react';
import { leaving } from './leaving';

/** Goes to another page of the console, after the question where something typed would be lost. */
export function useGo(): (href: string) => void {
  const router = useRouter();
  return useCallback(
    (href) => {
      // In the place of the entry that only stands guard (`useUnsaved`).
      const { guarded } = leaving;
      leaving.leave(() => (guarded ? router.replace(href) : router.push(href)));
    },
    [router],
  );
}
