'use client';

import { formatDuration } from '@/components/i18n/format';
import { useText } from '@/components/i18n/use-text';
import { useNow } from '@/components/ui/use-now';

const STEP_MS = 1000;

/** How long the machine is in its state; a component of its own, so that only it counts. */
export function StateSince({ since }: { readonly since: string }) {
  const t = useText();
  const now = useNow(STEP_MS);
  return (
    <span className="text-muted tabular-nums">
      {t('machine.stateFor', { duration: formatDuration(now - Date.parse(since)) })}
    </span>
  );
}
