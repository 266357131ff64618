'use client';

import { TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { useHostFigures } from '../api/host-figures';
import { useDoctor } from '../api/lists';
import { useHost } from '../api/queries';
import { Sparkline } from '../charts/sparkline';
import { formatBytes, formatPercent } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { Bar } from '../ui/bar';
import { CardSection } from '../ui/card';
import { AwaitedCard } from './awaited-card';
import { More } from './more';

const NEARLY_FULL = 0.9;
const BUSY = 0.95;
/** The last five minutes by the second, of which every fifth is drawn. */
const EVERY = 5;
const STEPS = 60;

/** What the host has left. */
export function HostCard() {
  const t = useText();
  const query = useHost({ live: true });
  const host = query.data;
  const samples = useHostFigures().data?.samples ?? [];
  const now = samples.at(-1);
  if (host === undefined) return <AwaitedCard title={t('dashboard.host')} query={query} />;
  const used = host.memoryBytes - host.memoryAvailableBytes;
  const stored = host.dataTotalBytes - host.dataFreeBytes;
  const busy = samples.filter((_, at) => (samples.length - 1 - at) % EVERY === 0);
  return (
    <CardSection
      title={t('dashboard.host')}
      actions={<More href="/host" words="dashboard.details" />}
    >
      <div className="flex flex-col gap-4">
        {now && (
          <div>
            <Gauge
              title={t('dashboard.load')}
              value={formatPercent(now.cpu.busy)}
              fraction={now.cpu.busy}
              full={BUSY}
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
        <Gauge
          title={t('dashboard.disk')}
          value={`${formatBytes(stored)} / ${formatBytes(host.dataTotalBytes)}`}
          fraction={stored / host.dataTotalBytes}
        />
        <Findings />
      </div>
    </CardSection>
  );
}

interface GaugeProps {
  readonly title: string;
  readonly value: string;
  readonly fraction: number;
  /** From here on it is worth a worry. */
  readonly full?: number;
}

/** What the doctor would tell who asked. */
function Findings() {
  const t = useText();
  const found = useDoctor().data?.filter(({ level }) => level === 'warning' || level === 'problem');
  if (found === undefined || found.length === 0) return null;
  return (
    <p className="flex items-center gap-2 border-line border-t pt-3.5 text-sm">
      <TriangleAlert aria-hidden className="size-4 shrink-0 text-paused" />
      <Link href="/host#doctor" className="hover:underline">
        {t(found.length === 1 ? 'dashboard.findingOne' : 'dashboard.findingOther', {
          count: found.length,
        })}
      </Link>
    </p>
  );
}

function Gauge({ title, value, fraction, full = NEARLY_FULL }: GaugeProps) {
  return (
    <div>
      <p className="mb-1.5 flex items-baseline justify-between gap-4">
        <span className="text-muted">{title}</span>
        <span className="font-medium tabular-nums">{value}</span>
      </p>
      <Bar fraction={fraction} worry={fraction >= full} />
    </div>
  );
}
