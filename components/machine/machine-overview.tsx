'use client';

import { PowerOff } from 'lucide-react';
import { useMemo, useState } from 'react';
import { lastSeconds } from '@/components/charts/chart-data';
import { CpuChart } from '@/components/charts/cpu-chart';
import { ExitsChart } from '@/components/charts/exits-chart';
import { MemoryChart } from '@/components/charts/memory-chart';
import { ThroughputChart } from '@/components/charts/throughput-chart';
import { useVmMetrics } from '@/components/charts/use-vm-metrics';
import { useText } from '@/components/i18n/use-text';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import type { VmSample } from '@/server/api/metrics';
import type { Vm } from '@/server/api/vms';
import { MachineFacts } from './machine-facts';
import { RangeChoice, type RangeSeconds } from './range-choice';

/** What the machine does now, and what it is made of. */
export function MachineOverview({ vm }: { readonly vm: Vm }) {
  const t = useText();
  const { samples, loaded } = useVmMetrics(vm.id);
  const isOff = vm.state === 'stopped' || vm.state === 'crashed';
  if (isOff && loaded && samples.length === 0) {
    return (
      <div className="grid gap-4 xl:grid-cols-2">
        <Card className="grid place-items-center">
          <EmptyState icon={<PowerOff />} title={t('machine.chartNotRunning')}>
            {t('machine.chartNotRunningHint')}
          </EmptyState>
        </Card>
        <MachineFacts vm={vm} latest={undefined} />
      </div>
    );
  }
  return <LiveCharts vm={vm} samples={samples} />;
}

interface LiveChartsProps {
  readonly vm: Vm;
  readonly samples: readonly VmSample[];
}

function LiveCharts({ vm, samples }: LiveChartsProps) {
  const t = useText();
  const [seconds, setSeconds] = useState<RangeSeconds>(120);
  const shown = useMemo(() => lastSeconds(samples, seconds), [samples, seconds]);
  const charts = {
    samples: shown,
    seconds,
    syncKey: vm.id,
    empty: samples.length === 0 ? t('machine.chartWaiting') : undefined,
  };
  return (
    <div className="flex flex-col gap-4">
      <RangeChoice value={seconds} onChange={setSeconds} />
      <div className="grid gap-4 xl:grid-cols-2 3xl:grid-cols-3">
        <CpuChart vcpus={vm.config.cpu.count} {...charts} />
        <MemoryChart memoryBytes={vm.config.memory.bytes} {...charts} />
        <ThroughputChart kind="disk" {...charts} />
        <ThroughputChart kind="net" {...charts} />
        <ExitsChart {...charts} />
        <MachineFacts vm={vm} latest={samples.at(-1)} />
      </div>
    </div>
  );
}
