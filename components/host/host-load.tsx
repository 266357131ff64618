'use client';

import { useHostFigures } from '../api/host-figures';
import { formatPercent } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { Bar } from '../ui/bar';
import { CardSection } from '../ui/card';
import { Skeleton } from '../ui/skeleton';

const BUSY = 0.95;

/** How busy each core is now. */
export function HostLoad() {
  const t = useText();
  const now = useHostFigures().data?.samples.at(-1);
  if (now === undefined) return <Skeleton className="h-44 rounded-lg" />;
  return (
    <CardSection id="cores" title={t('host.cores')}>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(13rem,1fr))] gap-x-8 gap-y-2.5">
        {now.cpu.cores.map((share, core) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a core is its number
          <li key={core} className="flex items-center gap-3">
            <span className="w-14 shrink-0 text-muted text-sm tabular-nums">
              {t('host.core', { number: core })}
            </span>
            <span className="flex-1">
              <Bar fraction={share} worry={share >= BUSY} />
            </span>
            <span className="w-11 text-right text-sm tabular-nums">{formatPercent(share)}</span>
          </li>
        ))}
      </ul>
    </CardSection>
  );
}
