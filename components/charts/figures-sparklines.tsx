'use client';

import { clsx } from 'clsx';
import type { Vm } from '@/server/api/vms';
import { formatBytes, formatPercent } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { useVmFigures } from './fleet';
import { Sparkline } from './sparkline';

/** The same for all machines, so that columns stay where they are while a long list is scrolled. */
const ROOM = 'min-w-28 2xl:min-w-36 3xl:min-w-44';
/** As many steps as the feed keeps, less one. */
const STEPS = 44;

interface FiguresProps {
  readonly vm: Vm;
}

/** What a machine's vCPUs use of what they could. */
export function ProcessorSparkline({ vm }: FiguresProps) {
  const t = useText();
  const figures = useVmFigures(vm.id);
  const now = figures.at(-1);
  if (now === undefined) return <None />;
  const value = formatPercent(now.cpu);
  return (
    <Shape
      values={figures.map(({ cpu }) => cpu)}
      top={1}
      colour={1}
      value={value}
      label={t('list.processorNow', { value })}
    />
  );
}

/** What a machine uses of its memory. */
export function MemorySparkline({ vm }: FiguresProps) {
  const t = useText();
  const figures = useVmFigures(vm.id);
  const now = figures.at(-1);
  if (now === undefined) return <None />;
  const value = formatBytes(now.memoryBytes);
  const total = formatBytes(vm.config.memory.bytes);
  return (
    <Shape
      values={figures.map(({ memoryBytes }) => memoryBytes)}
      top={vm.config.memory.bytes}
      colour={3}
      value={value}
      label={t('list.memoryNow', { value, total })}
    />
  );
}

interface ShapeProps {
  readonly values: readonly number[];
  readonly top: number;
  readonly colour: 1 | 3;
  readonly value: string;
  readonly label: string;
}

function Shape({ values, top, colour, value, label }: ShapeProps) {
  return (
    <span className={clsx('flex items-center gap-2', ROOM)}>
      <Sparkline
        values={values}
        top={top}
        steps={STEPS}
        colour={colour}
        label={label}
        className="w-12 shrink-0 2xl:w-20 3xl:w-28"
      />
      <span aria-hidden className="min-w-9 text-muted text-xs tabular-nums">
        {value}
      </span>
    </span>
  );
}

/** A machine that does not run uses nothing. */
function None() {
  return <span className={clsx('block text-faint', ROOM)}>–</span>;
}
