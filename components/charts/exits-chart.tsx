'use client';

import { useEffect, useMemo, useRef } from 'react';
import { useText } from '@/components/i18n/use-text';
import type { ChartColour } from './chart-colours';
import { exitColumns, exitReasons, OTHER_REASONS } from './chart-data';
import type { ChartSpec } from './chart-spec';
import type { MachineChartProps } from './cpu-chart';
import { formatCount } from './figures';
import { LiveChart } from './live-chart';
import { roundMarks, roundTop } from './scale';

const COLOURS: readonly ChartColour[] = [1, 2, 3, 4, 6];
const OTHER_COLOUR: ChartColour = 5;
/** Below this, a quiet machine would seem busy. */
const LEAST_TOP = 10;

export function ExitsChart({ samples, empty, ...rest }: MachineChartProps) {
  const t = useText();
  // What a colour stands for should not change because a rate did.
  const before = useRef<readonly string[]>([]);
  const reasons = useMemo(() => exitReasons(samples, before.current), [samples]);
  useEffect(() => {
    before.current = reasons;
  }, [reasons]);
  const key = reasons.join(' ');
  const spec = useMemo(
    (): ChartSpec => ({
      series: key
        .split(' ')
        .filter(Boolean)
        .map((reason, i) => ({
          label: reason === OTHER_REASONS ? t('machine.exitsOther') : reason,
          colour: reason === OTHER_REASONS ? OTHER_COLOUR : (COLOURS[i] ?? OTHER_COLOUR),
          kind: 'area',
        })),
      stacked: true,
      top: (largest) => roundTop(largest, LEAST_TOP),
      marks: roundMarks,
      format: (rate) => t('machine.exitsRate', { rate: formatCount(rate) }),
    }),
    [key, t],
  );
  const data = useMemo(() => exitColumns(samples, reasons), [samples, reasons]);
  return (
    <LiveChart
      title={t('machine.chartExits')}
      hint={t('machine.chartExitsHint')}
      spec={spec}
      data={data}
      empty={empty ?? (reasons.length === 0 ? t('machine.exitsNone') : undefined)}
      {...rest}
    />
  );
}
