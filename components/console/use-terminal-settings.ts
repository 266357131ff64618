import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { parseSettings, TERMINAL_SETTINGS_KEY, type TerminalSettings } from './terminal-settings';

/** A page hears of other pages' changes by `storage`, and of its own by this. */
const CHANGED = 'virtdeck:terminal-settings';

/** How this person wants terminals; kept in the browser, the same in every tab. */
export function useTerminalSettings() {
  const text = useSyncExternalStore(subscribe, read, () => null);
  const settings = useMemo(() => parseSettings(text), [text]);
  const change = useCallback((part: Partial<TerminalSettings>) => {
    const next = { ...parseSettings(read()), ...part };
    localStorage.setItem(TERMINAL_SETTINGS_KEY, JSON.stringify(next));
    window.dispatchEvent(new Event(CHANGED));
  }, []);
  return { settings, change };
}

function read(): string | null {
  return localStorage.getItem(TERMINAL_SETTINGS_KEY);
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('storage', listener);
  window.addEventListener(CHANGED, listener);
  return () => {
    window.removeEventListener('storage', listener);
    window.removeEventListener(CHANGED, listener);
  };
}
