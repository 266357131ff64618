'use client';

import { useHostFigures } from '../api/host-figures';
import { useHost } from '../api/queries';
import { Sparkline } from '../charts/sparkline';
import { formatBytes, formatPercent } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { Bar } from '../ui/bar';
import { CardSection } from '../ui/card';
import { Skeleton } from '../ui/skeleton';
import { More } from './more';

const NEARLY_FULL = 0.9;
/** The last five minutes by the second, of which every fifth is drawn. */
const EVERY = 5;
const STEPS = 60;

/** What the host has left. */
export function HostCard() {
  const t = useText();
  const host = useHost({ live: true }).data;
  const samples = useHostFigures().data?.samples ?? [];
  const now = samples.at(-1);
  if (host === undefined) return <Skeleton className="h-48" />;
  const used = host.memoryBytes - host.memoryAvailableBytes;
  const busy = samples.filter((_, at) => (samples.length - 1 - at) % EVERY === 0);
  return (
    <CardSection title={t('dashboard.host')} actions={<More href="/host" />}>
      <div className="flex flex-col gap-4">
        {now && (
          <div>
            <Gauge
              title={t('dashboard.load')}
              value={formatPercent(now.cpu.busy)}
              fraction={now.cpu.busy}
            />
            <Sparkline
              className="mt-2 w-full"
              values={busy.map(({ cpu }) => cpu.busy)}
              top={1}
              steps={STEPS}
              label={t('dashboard.loadShape')}
            />
          </div>
        )}
        <Gauge
          title={t('dashboard.memory')}
          value={`${formatBytes(used)} / ${formatBytes(host.memoryBytes)}`}
          fraction={used / host.memoryBytes}
        />
        <p className="flex items-baseline justify-between gap-4">
          <span className="text-muted">{t('dashboard.disk')}</span>
          <span className="font-medium tabular-nums">{formatBytes(host.dataFreeBytes)}</span>
        </p>
      </div>
    </CardSection>
  );
}

interface GaugeProps {
  readonly title: string;
  readonly value: string;
  readonly fraction: number;
}

function Gauge({ title, value, fraction }: GaugeProps) {
  return (
    <div>
      <p className="mb-1.5 flex items-baseline justify-between gap-4">
        <span className="text-muted">{title}</span>
        <span className="font-medium tabular-nums">{value}</span>
      </p>
      <Bar fraction={fraction} worry={fraction >= NEARLY_FULL} />
    </div>
  );
}
