import { useSyncExternalStore } from 'react';

export type PageTheme = 'light' | 'dark';

/**
 * The theme the page wears now. A canvas knows no CSS variables and has to paint again when they
 * change, so this watches the attribute itself: when it speaks, the new values are in force.
 */
export function usePageTheme(): PageTheme {
  return useSyncExternalStore(subscribe, read, () => 'light');
}

function read(): PageTheme {
  return document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light';
}

function subscribe(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}
