'use client';

import type { ReactNode } from 'react';
import type { Vm } from '@/server/api/vms';
import { MemorySparkline, ProcessorSparkline } from '../../charts/figures-sparklines';
import type { PlainKey } from '../../i18n/catalogue';
import { Moment } from '../../ui/moment';
import { Since } from '../since';
import { StateBadge } from '../state-badge';
import { VmImage } from '../vm-image';
import type { SortKey } from './list-view';
import { VmSize } from './vm-size';

export interface VmColumn {
  readonly key: string;
  readonly title: PlainKey;
  readonly sort?: SortKey;
  /** Figures stand under each other digit by digit. */
  readonly figure?: boolean;
  /** Shown on a wall screen, and to who asks for it. */
  readonly extra?: boolean;
  /** From which width on there is room, as a class. */
  readonly room?: string;
  readonly cell: (vm: Vm) => ReactNode;
}

/** The columns beside the name, in their order. */
export const VM_COLUMNS: readonly VmColumn[] = [
  {
    key: 'state',
    title: 'vms.columnState',
    sort: 'state',
    cell: ({ state }) => (
      <span className="block min-w-24">
        <StateBadge state={state} />
      </span>
    ),
  },
  {
    key: 'processor',
    title: 'list.columnProcessor',
    room: 'max-lg:hidden',
    cell: (vm) => <ProcessorSparkline vm={vm} />,
  },
  {
    key: 'memoryUse',
    title: 'list.columnMemoryUse',
    room: 'max-lg:hidden',
    cell: (vm) => <MemorySparkline vm={vm} />,
  },
  {
    key: 'size',
    title: 'list.columnSize',
    sort: 'size',
    figure: true,
    cell: (vm) => <VmSize vm={vm} />,
  },
  {
    key: 'image',
    title: 'list.columnImage',
    extra: true,
    cell: (vm) => <VmImage vm={vm} />,
  },
  {
    key: 'created',
    title: 'machine.factCreated',
    extra: true,
    figure: true,
    cell: ({ createdAt }) => (
      <span className="text-muted">
        <Moment iso={createdAt} />
      </span>
    ),
  },
  {
    key: 'since',
    title: 'vms.columnSince',
    sort: 'since',
    figure: true,
    cell: ({ stateSince }) => (
      <span className="text-muted">
        <Since iso={stateSince} />
      </span>
    ),
  },
];
