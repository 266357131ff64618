import type { PlainKey } from '../i18n/catalogue';
import { useText } from '../i18n/use-text';
import { STATE_WORDS } from './state-words';

const WORDS: Readonly<Record<string, PlainKey>> = {
  ...STATE_WORDS,
  created: 'machine.eventCreated',
  changed: 'machine.eventChanged',
  problem: 'machine.eventProblem',
};

/** What happened to a machine, in words; what a newer console tells of by its own name. */
export function useEventWords(): (kind: string) => string {
  const t = useText();
  return (kind) => {
    const key = WORDS[kind];
    return key === undefined ? kind : t(key);
  };
}
