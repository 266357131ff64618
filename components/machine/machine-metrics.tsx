'use client';

import { useQuery } from '@tanstack/react-query';
import { ZoomOut } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Output } from '@/server/api/client';
import type { History, HistoryRange } from '@/server/api/metrics';
import type { Vm } from '@/server/api/vms';
import { request } from '../api/client';
import { errorToShow } from '../api/error-to-show';
import { keys } from '../api/keys';
import type { ChartColumns } from '../charts/chart-data';
import type { ChartSpec, SeriesSpec } from '../charts/chart-spec';
import { formatCount } from '../charts/figures';
import { LiveChart } from '../charts/live-chart';
import { roundMarks, roundTop } from '../charts/scale';
import { formatBytes, formatDuration, formatPercent } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { ErrorNotice } from '../ui/error-notice';
import { Segmented } from '../ui/segmented';
import { useAddressValue } from '../ui/use-address-value';
import { ChartsSkeleton } from './machine-skeleton';

const HOUR = 3600;
const DAY = 24 * HOUR;

const RANGES = {
  '1h': { seconds: HOUR, words: 'machine.history1h' },
  '6h': { seconds: 6 * HOUR, words: 'machine.history6h' },
  '24h': { seconds: DAY, words: 'machine.history24h' },
  '7d': { seconds: 7 * DAY, words: 'machine.history7d' },
  '30d': { seconds: 30 * DAY, words: 'machine.history30d' },
  '1y': { seconds: 365 * DAY, words: 'machine.history1y' },
} as const satisfies Record<HistoryRange, { seconds: number; words: string }>;

const CHOICES: readonly HistoryRange[] = ['1h', '6h', '24h', '7d', '30d', '1y'];

/** A part of the range that was drawn over. */
interface Zoom {
  readonly seconds: number;
  /** Seconds since 1970. */
  readonly until: number;
}
type Shown = Pick<Zoom, 'seconds'> & Partial<Zoom>;

function isRange(text: string): text is HistoryRange {
  return Object.hasOwn(RANGES, text);
}

/** The console rolls samples up once a minute. */
const REFRESH_MS = 60_000;

/** Figures of hours, days and months. */
export function MachineMetrics({ vm }: { readonly vm: Vm }) {
  const t = useText();
  const [asked, setRange] = useAddressValue('range');
  const range = isRange(asked) ? asked : '1h';
  const [zoom, setZoom] = useState<Zoom>();
  const query = useQuery({
    queryKey: keys.vmHistory(vm.id, range),
    queryFn: ({ signal }) =>
      request<Output<'getVmHistory'>>(
        'GET',
        `/vms/${encodeURIComponent(vm.id)}/metrics/history?range=${range}`,
        {
          signal,
        },
      ),
    refetchInterval: REFRESH_MS,
  });
  const { data: history, refetch, isFetching } = query;
  const error = errorToShow(query);
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center gap-3">
        <Segmented
          label={t('machine.history')}
          choices={CHOICES.map((value) => ({ value, label: t(RANGES[value].words) }))}
          value={range}
          onChange={(next) => {
            setRange(next);
            setZoom(undefined);
          }}
        />
        {zoom ? (
          <Button size="sm" onClick={() => setZoom(undefined)}>
            <ZoomOut aria-hidden /> {t('machine.zoomOut')}
          </Button>
        ) : (
          <p className="text-faint text-xs pointer-coarse:hidden">{t('machine.zoomHint')}</p>
        )}
      </div>
      {error && (
        <ErrorNotice
          title={t('machine.historyFailed')}
          error={error}
          retrying={isFetching}
          onRetry={() => void refetch()}
        />
      )}
      {history === undefined && error === null && <ChartsSkeleton />}
      {history && (
        <Charts
          vm={vm}
          history={history}
          shown={zoom ?? { seconds: RANGES[range].seconds }}
          onZoom={(from, to) => setZoom({ seconds: to - from, until: to })}
        />
      )}
    </div>
  );
}

interface ChartsProps {
  readonly vm: Vm;
  readonly history: History;
  readonly shown: Shown;
  readonly onZoom: (from: number, to: number) => void;
}

function Charts({ vm, history, shown, onZoom }: ChartsProps) {
  const t = useText();
  const { count } = vm.config.cpu;
  const specs = useMemo(() => {
    const share = (value: number) => formatPercent(value);
    const rate = (value: number) => t('machine.perSecond', { value: formatBytes(value) });
    const area = (label: string, colour: SeriesSpec['colour']): SeriesSpec => ({
      label,
      colour,
      kind: 'area',
    });
    const line = (label: string, colour: SeriesSpec['colour']): SeriesSpec => ({
      label,
      colour,
      kind: 'line',
    });
    const shares = (series: readonly SeriesSpec[]): ChartSpec => ({
      ...{ series, stacked: false, format: share, marks: roundMarks },
      top: (largest) => roundTop(largest, count),
    });
    const bytes = (
      series: readonly SeriesSpec[],
      least: number,
      format: (value: number) => string,
    ): ChartSpec => ({
      ...{ series, stacked: false, format },
      top: (largest) => roundTop(largest, least, 1024),
      marks: (top) => roundMarks(top, 1024),
    });
    return {
      cpu: shares([area(t('machine.cpuMean'), 1), line(t('machine.cpuMost'), 5)]),
      waiting: shares([area(t('machine.cpuWaiting'), 2)]),
      memory: bytes(
        [area(t('machine.memoryResident'), 3), line(t('machine.memoryGuest'), 4)],
        vm.config.memory.bytes,
        formatBytes,
      ),
      disk: bytes([area(t('machine.diskRead'), 1), line(t('machine.diskWritten'), 2)], 1024, rate),
      net: bytes([area(t('machine.netReceived'), 3), line(t('machine.netSent'), 4)], 1024, rate),
      exits: {
        series: [area(t('machine.chartExits'), 6)],
        stacked: false,
        top: (largest: number) => roundTop(largest, 10),
        marks: roundMarks,
        format: (value: number) => t('machine.exitsRate', { rate: formatCount(value) }),
      } satisfies ChartSpec,
    };
  }, [t, count, vm.config.memory.bytes]);
  const of = (...names: string[]): ChartColumns => ({
    times: history.times,
    columns: names.map((name) => history.columns[name] ?? []),
  });
  const shared = {
    ...shown,
    onSelect: onZoom,
    syncKey: `history-${vm.id}`,
    hint: t('machine.chartHistoryHint', { step: formatDuration(history.stepSeconds * 1000) }),
    empty: history.times.length === 0 ? t('machine.historyNone') : undefined,
  };
  return (
    <div className="grid grid-cols-1 gap-4 xl:grid-cols-2 3xl:grid-cols-3">
      <LiveChart
        title={t('machine.chartCpu')}
        spec={specs.cpu}
        data={of('cpu', 'cpuMax')}
        {...shared}
      />
      <LiveChart
        title={t('machine.chartMemory')}
        spec={specs.memory}
        data={of('residentBytes', 'guestUsedBytes')}
        {...shared}
      />
      <LiveChart
        title={t('machine.chartDisk')}
        spec={specs.disk}
        data={of('diskReadBytes', 'diskWrittenBytes')}
        {...shared}
      />
      <LiveChart
        title={t('machine.chartNet')}
        spec={specs.net}
        data={of('netRxBytes', 'netTxBytes')}
        {...shared}
      />
      <LiveChart
        title={t('machine.chartExits')}
        spec={specs.exits}
        data={of('exits')}
        {...shared}
      />
      <LiveChart
        title={t('machine.chartWaitingForCores')}
        spec={specs.waiting}
        data={of('cpuWaiting')}
        {...shared}
      />
    </div>
  );
}
