'use client';

import Link from 'next/link';
import type { Vm } from '@/server/api/vms';
import { ProcessorSparkline } from '../charts/figures-sparklines';
import { useBusiest } from '../charts/fleet';
import { useText } from '../i18n/use-text';
import { CardSection } from '../ui/card';
import { STATES, writeView } from '../vms/list/list-view';
import { StateBadge } from '../vms/state-badge';
import { vmPath } from '../vms/vm-paths';
import { More } from './more';

const SHOWN = 6;
const ALL = { text: '', tag: '', sort: 'name', descending: false } as const;

/** How many machines are in which state; each count leads to them. */
export function MachinesCard({ vms }: { readonly vms: readonly Vm[] }) {
  const t = useText();
  return (
    <CardSection title={t('dashboard.machines')} actions={<More href="/machines" />}>
      <ul className="-my-2 divide-y divide-line">
        {STATES.map((state) => ({
          state,
          count: vms.filter((vm) => vm.state === state).length,
        }))
          .filter(({ count }) => count > 0)
          .map(({ state, count }) => (
            <li key={state}>
              <Link
                href={`/machines${writeView({ ...ALL, states: [state] })}`}
                className="-mx-2 flex items-center justify-between gap-4 rounded-md px-2 py-2 hover:bg-sunken"
              >
                <StateBadge state={state} />
                <span className="font-semibold text-base tabular-nums">{count}</span>
              </Link>
            </li>
          ))}
      </ul>
    </CardSection>
  );
}

/** Those that use the most of their vCPUs now. */
export function BusiestCard({ vms }: { readonly vms: readonly Vm[] }) {
  const t = useText();
  const busiest = useBusiest(SHOWN).flatMap((id) => vms.find((vm) => vm.id === id) ?? []);
  return (
    <CardSection title={t('dashboard.busiest')}>
      {busiest.length === 0 ? (
        <p className="text-muted">{t('dashboard.busiestNone')}</p>
      ) : (
        <ul className="-my-2 divide-y divide-line">
          {busiest.map((vm) => (
            <li key={vm.id} className="flex items-center justify-between gap-4 py-2">
              <Link href={vmPath(vm.id)} className="min-w-0 truncate font-medium hover:underline">
                {vm.name}
              </Link>
              <ProcessorSparkline vm={vm} />
            </li>
          ))}
        </ul>
      )}
    </CardSection>
  );
}
