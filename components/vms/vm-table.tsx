'use client';

import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import type { Vm } from '@/server/api/vms';
import { formatBytes } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { Since } from './since';
import { StateBadge } from './state-badge';
import { VmName } from './vm-name';
import { VmRemark } from './vm-remark';
import { VmRowActions } from './vm-row-actions';

/** Machines on screens with room for columns; `VmCards` is for the others. */
export function VmTable({ vms }: { readonly vms: readonly Vm[] }) {
  const t = useText();
  return (
    <table className="w-full border-collapse text-left">
      <thead>
        <tr className="border-line border-b">
          <Head>{t('vms.columnName')}</Head>
          <Head>{t('vms.columnState')}</Head>
          <Head figure>{t('vms.columnVcpus')}</Head>
          <Head figure>{t('vms.columnMemory')}</Head>
          <Head figure>{t('vms.columnSince')}</Head>
          <Head>
            <span className="sr-only">{t('vms.columnActions')}</span>
          </Head>
        </tr>
      </thead>
      <tbody>
        {vms.map((vm) => (
          <tr
            key={vm.id}
            className="group relative border-line border-b transition-colors last:border-0 hover:bg-sunken"
          >
            <td className="max-w-0 py-3 pr-4 pl-5" style={{ width: '38%' }}>
              <VmName vm={vm} />
              <VmRemark vm={vm} />
            </td>
            <Cell>
              <StateBadge state={vm.state} />
            </Cell>
            <Cell figure>{vm.config.cpu.count}</Cell>
            <Cell figure>{formatBytes(vm.config.memory.bytes)}</Cell>
            <Cell figure>
              {/* Above the link that fills the row, for its hover. */}
              <span className="relative z-10 text-muted">
                <Since iso={vm.stateSince} />
              </span>
            </Cell>
            <td className="w-px py-2 pr-3 pl-2">
              <div className="relative z-10">
                <VmRowActions vm={vm} />
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface CellProps {
  /** Stands under each other digit by digit. */
  readonly figure?: boolean;
  readonly children: ReactNode;
}

function Head({ figure = false, children }: CellProps) {
  return (
    <th
      scope="col"
      className={clsx(
        'whitespace-nowrap px-4 py-2.5 font-medium text-faint text-xs first:pl-5',
        figure && 'text-right',
      )}
    >
      {children}
    </th>
  );
}

function Cell({ figure = false, children }: CellProps) {
  return (
    <td className={clsx('whitespace-nowrap px-4 py-3', figure && 'text-right tabular-nums')}>
      {children}
    </td>
  );
}
