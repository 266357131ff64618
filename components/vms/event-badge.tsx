'use client';

import { Badge } from '../ui/badge';
import { useEventWords } from './event-words';
import { STATES } from './list/list-view';
import { StateBadge } from './state-badge';

/** What happened to a machine; the state it came into looks as it does everywhere. */
export function EventBadge({ kind }: { readonly kind: string }) {
  const wordOf = useEventWords();
  const state = STATES.find((known) => known === kind);
  if (state !== undefined) return <StateBadge state={state} />;
  return <Badge tone={kind === 'problem' ? 'crashed' : 'neutral'}>{wordOf(kind)}</Badge>;
}
