'use client';

import { useHostFigures } from '../api/host-figures';
import { Sparkline } from '../charts/sparkline';
import { formatPercent } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { Bar } from '../ui/bar';
import { CardSection } from '../ui/card';
import { Skeleton } from '../ui/skeleton';

const BUSY = 0.95;
/** As the server keeps: ten minutes by the second, of which every fifth is drawn. */
const EVERY = 5;
const STEPS = 120;

/** How busy each core is, and all of them were. */
export function HostLoad() {
  const t = useText();
  const samples = useHostFigures().data?.samples;
  const now = samples?.at(-1);
  if (samples === undefined || now === undefined) return <Skeleton className="h-44" />;
  const busy = samples.filter((_, at) => (samples.length - 1 - at) % EVERY === 0);
  return (
    <CardSection id="load" title={t('host.load')}>
      <div className="mb-5">
        <p className="mb-2 font-medium tabular-nums">
          {t('host.loadNow', { share: formatPercent(now.cpu.busy) })}
        </p>
        <Sparkline
          className="w-full"
          values={busy.map(({ cpu }) => cpu.busy)}
          top={1}
          steps={STEPS}
          label={t('host.loadShape')}
        />
      </div>
      <ul className="grid grid-cols-1 gap-x-8 gap-y-2.5 sm:grid-cols-2">
        {now.cpu.cores.map((share, core) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a core is its number
          <li key={core} className="flex items-center gap-3">
            <span className="w-16 shrink-0 text-muted text-sm tabular-nums">
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
