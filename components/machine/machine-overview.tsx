'use client';

import { useMemo, useState } from 'react';
import { lastSeconds } from '@/components/charts/chart-data';
import { CpuChart } from '@/components/charts/cpu-chart';
import { ExitsChart } from '@/components/charts/exits-chart';
import { MemoryChart } from '@/components/charts/memory-chart';
import { ThroughputChart } from '@/components/charts/throughput-chart';
import { useVmMetrics } from '@/components/charts/use-vm-metrics';
import { useText } from '@/components/i18n/use-text';
import type { Vm } from '@/server/api/vms';
import { MachineFacts } from './machine-facts';
import { RangeChoice, type RangeSeconds } from './range-choice';

/** What the machine does now, and what it is made of. */
export function MachineOverview({ vm }: { readonly vm: Vm }) {
  const t = useText();
  const [seconds, setSeconds] = useState<RangeSeconds>(120);
  const { samples, loaded } = useVmMetrics(vm.id);
  const shown = useMemo(() => lastSeconds(samples, seconds), [samples, seconds]);
  const charts = {
    samples: shown,
    seconds,
    syncKey: vm.id,
    empty: emptyWords(vm, samples.length === 0, loaded, t),
  };
  return (
    <div className="flex flex-col gap-4">
      <div className="flex justify-end">
        <RangeChoice value={seconds} onChange={setSeconds} />
      </div>
      <div className="grid gap-4 xl:grid-cols-2">
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

function emptyWords(
  vm: Vm,
  empty: boolean,
  loaded: boolean,
  t: ReturnType<typeof useText>,
): string | undefined {
  if (!empty) return undefined;
  const isOff = vm.state === 'stopped' || vm.state === 'crashed';
  if (isOff && loaded) return t('machine.chartNotRunning');
  return t('machine.chartWaiting');
}
