'use client';

import { useMemo } from 'react';
import { formatBytes } from '@/components/i18n/format';
import { useText } from '@/components/i18n/use-text';
import { throughputColumns } from './chart-data';
import type { ChartSpec } from './chart-spec';
import type { MachineChartProps } from './cpu-chart';
import { formatCount } from './figures';
import { LiveChart } from './live-chart';
import { roundMarks, roundTop } from './scale';

/** Below this, a quiet machine would seem busy. */
const LEAST_TOP = 1024;

const KINDS = {
  disk: { title: 'machine.chartDisk', in: 'machine.diskRead', out: 'machine.diskWritten' },
  net: { title: 'machine.chartNet', in: 'machine.netReceived', out: 'machine.netSent' },
} as const;

interface ThroughputChartProps extends MachineChartProps {
  readonly kind: keyof typeof KINDS;
}

/** What goes in and out, of all disks or of all network devices together. */
export function ThroughputChart({ samples, kind, ...rest }: ThroughputChartProps) {
  const t = useText();
  const words = KINDS[kind];
  const spec = useMemo(
    (): ChartSpec => ({
      series: [
        { label: t(words.in), colour: kind === 'disk' ? 1 : 3, kind: 'area' },
        { label: t(words.out), colour: kind === 'disk' ? 2 : 4, kind: 'line' },
      ],
      stacked: false,
      top: (largest) => roundTop(largest, LEAST_TOP, 1024),
      marks: (top) => roundMarks(top, 1024),
      format: (rate) => t('machine.perSecond', { value: formatBytes(rate) }),
    }),
    [t, words, kind],
  );
  const data = useMemo(() => throughputColumns(samples, kind), [samples, kind]);
  const newest = samples.at(-1);
  const hint =
    kind === 'disk'
      ? t('machine.chartDiskHint', {
          reads: formatCount(newest?.disk.reads ?? 0),
          writes: formatCount(newest?.disk.writes ?? 0),
        })
      : t('machine.chartNetHint', {
          received: formatCount(newest?.net.rxPackets ?? 0),
          sent: formatCount(newest?.net.txPackets ?? 0),
        });
  return <LiveChart title={t(words.title)} hint={hint} spec={spec} data={data} {...rest} />;
}
