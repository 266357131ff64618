'use client';

import { formatDateTime, formatDuration } from '../i18n/format';
import { Tooltip } from '../ui/tooltip';
import { useNow } from '../ui/use-now';

const SECOND_MS = 1_000;

/** How long ago `iso` was, going on by the second; the hover says when. */
export function Since({ iso }: { readonly iso: string }) {
  const now = useNow(SECOND_MS);
  return (
    <Tooltip content={formatDateTime(iso)}>
      <time dateTime={iso} className="tabular-nums">
        {formatDuration(now - Date.parse(iso))}
      </time>
    </Tooltip>
  );
}
