'use client';

import { useMemo } from 'react';
import { formatPercent } from '@/components/i18n/format';
import { useText } from '@/components/i18n/use-text';
import type { VmSample } from '@/server/api/metrics';
import { cpuColumns } from './chart-data';
import type { ChartSpec } from './chart-spec';
import type { TooltipRow } from './chart-tooltip';
import { LiveChart } from './live-chart';
import { roundMarks, roundTop } from './scale';

/** More vCPUs than this do not fit beside the cursor; their sum is there anyhow. */
const MOST_VCPU_ROWS = 8;

/** Clocks of several threads do not add up to the last per cents, and the scale should not jump. */
const AS_GOOD_AS_FULL = 1.1;

export interface MachineChartProps {
  readonly samples: readonly VmSample[];
  readonly seconds: number;
  readonly syncKey: string;
  readonly empty?: string | undefined;
}

interface CpuChartProps extends MachineChartProps {
  readonly vcpus: number;
}

export function CpuChart({ samples, vcpus, ...rest }: CpuChartProps) {
  const t = useText();
  const most = 100 * vcpus;
  const spec = useMemo(
    (): ChartSpec => ({
      series: [
        { label: t('machine.cpuRunning'), colour: 1, kind: 'area' },
        { label: t('machine.cpuWaiting'), colour: 2, kind: 'area' },
        { label: t('machine.cpuMonitor'), colour: 4, kind: 'area' },
      ],
      stacked: true,
      // The monitor works beside its vCPUs, and may do so on a core of its own.
      top: (largest) => (largest <= most * AS_GOOD_AS_FULL ? most : roundTop(largest, most)),
      marks: roundMarks,
      format: (percent) => formatPercent(percent / 100),
    }),
    [most, t],
  );
  const data = useMemo(() => cpuColumns(samples), [samples]);
  const vcpuRows = (time: number): TooltipRow[] => {
    const sample = samples.find(({ at }) => Date.parse(at) / 1000 === time);
    if (sample === undefined || sample.vcpus.length < 2) return [];
    return sample.vcpus.slice(0, MOST_VCPU_ROWS).map(({ running, waiting }, index) => ({
      label: t('machine.cpuOfVcpu', { index }),
      value: t('machine.cpuVcpuValue', {
        running: formatPercent(running),
        waiting: formatPercent(waiting),
      }),
    }));
  };
  return (
    <LiveChart
      title={t('machine.chartCpu')}
      hint={
        vcpus === 1
          ? t('machine.chartCpuHintOne')
          : t('machine.chartCpuHint', { count: vcpus, max: formatPercent(vcpus) })
      }
      spec={spec}
      data={data}
      moreRows={vcpuRows}
      {...rest}
    />
  );
}
