'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { leaving } from './leaving';

/** Marks an entry of the history that stands for the page below it: "back" leads there first. */
const DOORMAT = 'virtdeckUnsaved';

/** Asks before the page is left by a link, a shortcut, "back" or a closed tab, while `isUnsaved`. */
export function useUnsaved(isUnsaved: boolean): void {
  const router = useRouter();
  useEffect(() => {
    if (!isUnsaved) return undefined;
    const release = leaving.guard();
    const stop = watchExits((href) => router.replace(href));
    return () => {
      stop();
      release();
    };
  }, [isUnsaved, router]);
}

/** @param go to another page of the console */
function watchExits(go: (href: string) => void): () => void {
  const onUnload = (event: BeforeUnloadEvent) => {
    if (leaving.guarded) event.preventDefault();
  };
  const onClick = (event: MouseEvent) => {
    const href = hrefOf(event);
    if (href === undefined || !leaving.guarded) return;
    event.preventDefault();
    event.stopPropagation();
    leaving.leave(() => go(href));
  };
  const onBack = () => {
    if (!leaving.guarded) return;
    layDoormat();
    leaving.leave(() => window.history.go(-2));
  };
  layDoormat();
  window.addEventListener('beforeunload', onUnload);
  window.addEventListener('popstate', onBack);
  // Before the link itself hears of it.
  document.addEventListener('click', onClick, { capture: true });
  return () => {
    window.removeEventListener('beforeunload', onUnload);
    window.removeEventListener('popstate', onBack);
    document.removeEventListener('click', onClick, { capture: true });
    if (isOnDoormat()) window.history.back();
  };
}

/** A page cannot refuse "back", but it can see that it was pressed. */
function layDoormat(): void {
  if (isOnDoormat()) return;
  window.history.pushState({ ...window.history.state, [DOORMAT]: true }, '');
}

function isOnDoormat(): boolean {
  const state: unknown = window.history.state;
  return typeof state === 'object' && state !== null && DOORMAT in state;
}

/** Where an ordinary click on a link to another page of the console leads. */
function hrefOf(event: MouseEvent): string | undefined {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
    return undefined;
  }
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.target !== '' || link.hasAttribute('download')) return undefined;
  const { origin, pathname } = window.location;
  if (link.origin !== origin || link.pathname === pathname) return undefined;
  return `${link.pathname}${link.search}${link.hash}`;
}
