'use client';

import { useMemo } from 'react';
import type { HostSample } from '@/server/api/metrics';
import { useHostFigures } from '../api/host-figures';
import type { ChartColumns } from '../charts/chart-data';
import type { ChartSpec } from '../charts/chart-spec';
import { LiveChart } from '../charts/live-chart';
import { roundMarks, roundTop } from '../charts/scale';
import { formatBytes, formatPercent } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { Skeleton } from '../ui/skeleton';

/** As long as the server keeps seconds. */
const SECONDS = 600;
/** Waiting is bad long before it is all there is. */
const LEAST_PRESSURE = 0.1;

/** What the host's cores, memory and disks had to do in the last ten minutes. */
export function HostCharts() {
  const t = useText();
  const samples = useHostFigures().data?.samples;
  const specs = useMemo(() => {
    const share = (value: number) => formatPercent(value);
    return {
      cpu: {
        series: [{ label: t('host.busy'), colour: 1, kind: 'area' }],
        ...{ stacked: false, top: () => 1, marks: roundMarks, format: share },
      },
      memory: {
        series: [
          { label: t('host.used'), colour: 3, kind: 'area' },
          { label: t('host.total'), colour: 5, kind: 'limit' },
        ],
        ...{ stacked: false, format: formatBytes },
        top: (largest) => roundTop(largest, 1, 1024),
        marks: (top) => roundMarks(top, 1024),
      },
      pressure: {
        series: [
          { label: t('host.pressureCpu'), colour: 1, kind: 'line' },
          { label: t('host.pressureMemory'), colour: 3, kind: 'line' },
          { label: t('host.pressureDisk'), colour: 2, kind: 'line' },
        ],
        ...{ stacked: false, marks: roundMarks, format: share },
        top: (largest) => roundTop(largest, LEAST_PRESSURE),
      },
    } satisfies Record<string, ChartSpec>;
  }, [t]);
  const data = useMemo(
    () => ({
      cpu: columns(samples, [({ cpu }) => cpu.busy]),
      memory: columns(samples, [
        ({ memory }) => memory.totalBytes - memory.availableBytes,
        ({ memory }) => memory.totalBytes,
      ]),
      pressure: columns(samples, [
        ({ pressure }) => pressure?.cpu ?? null,
        ({ pressure }) => pressure?.memory ?? null,
        ({ pressure }) => pressure?.io ?? null,
      ]),
    }),
    [samples],
  );
  if (samples === undefined) {
    return specNames.map((name) => <Skeleton key={name} className="h-[16.75rem] rounded-lg" />);
  }
  const shared = { seconds: SECONDS, syncKey: 'host' };
  const tellsPressure = samples.some(({ pressure }) => pressure !== null);
  return (
    <>
      <LiveChart
        title={t('host.load')}
        hint={t('host.loadHint')}
        spec={specs.cpu}
        data={data.cpu}
        {...shared}
      />
      <LiveChart
        title={t('host.memory')}
        hint={t('host.memoryHint')}
        spec={specs.memory}
        data={data.memory}
        {...shared}
      />
      <LiveChart
        title={t('host.pressure')}
        hint={t('host.pressureHint')}
        spec={specs.pressure}
        data={data.pressure}
        empty={tellsPressure ? undefined : t('host.pressureNone')}
        {...shared}
      />
    </>
  );
}

const specNames = ['cpu', 'memory', 'pressure'] as const;

function columns(
  samples: readonly HostSample[] = [],
  readers: readonly ((sample: HostSample) => number | null)[],
): ChartColumns {
  return {
    times: samples.map(({ at }) => Date.parse(at) / 1000),
    columns: readers.map((read) => samples.map(read)),
  };
}
