'use client';

import { useMemo } from 'react';
import { formatBytes } from '@/components/i18n/format';
import { useText } from '@/components/i18n/use-text';
import { memoryColumns } from './chart-data';
import type { ChartSpec } from './chart-spec';
import type { MachineChartProps } from './cpu-chart';
import { LiveChart } from './live-chart';
import { roundMarks, roundTop } from './scale';

interface MemoryChartProps extends MachineChartProps {
  readonly memoryBytes: number;
}

export function MemoryChart({ samples, memoryBytes, ...rest }: MemoryChartProps) {
  const t = useText();
  const spec = useMemo(
    (): ChartSpec => ({
      series: [
        { label: t('machine.memoryResident'), colour: 3, kind: 'area' },
        { label: t('machine.memoryGuest'), colour: 4, kind: 'line' },
        { label: t('machine.memorySize'), colour: 5, kind: 'limit' },
      ],
      stacked: false,
      top: () => roundTop(memoryBytes, memoryBytes, 1024),
      marks: (top) => roundMarks(top, 1024),
      format: formatBytes,
    }),
    [memoryBytes, t],
  );
  const data = useMemo(() => memoryColumns(samples), [samples]);
  return (
    <LiveChart
      title={t('machine.chartMemory')}
      hint={t('machine.chartMemoryHint')}
      spec={spec}
      data={data}
      {...rest}
    />
  );
}
