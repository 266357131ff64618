'use client';

import type { PlainKey } from '../i18n/catalogue';
import { useText } from '../i18n/use-text';
import { Badge } from '../ui/badge';
import { STATES } from './list/list-view';
import { StateBadge } from './state-badge';

const WORDS: Readonly<Record<string, PlainKey>> = {
  // Over by now: nothing turns.
  starting: 'vms.stateStarting',
  stopping: 'vms.stateStopping',
  created: 'machine.eventCreated',
  changed: 'machine.eventChanged',
  problem: 'machine.eventProblem',
};

/** What happened to a machine; the state it came into looks as it does everywhere. */
export function EventBadge({ kind }: { readonly kind: string }) {
  const t = useText();
  const state = STATES.find((known) => known === kind);
  const word = WORDS[kind];
  if (state !== undefined && word === undefined) return <StateBadge state={state} />;
  return (
    <Badge tone={kind === 'problem' ? 'crashed' : 'neutral'}>
      {/* What a newer console tells of, by its own name. */}
      {word === undefined ? kind : t(word)}
    </Badge>
  );
}
