'use client';

import Link from 'next/link';
import { useRecentVmEvents } from '../api/lists';
import { useVms } from '../api/queries';
import { useText } from '../i18n/use-text';
import { CardSection } from '../ui/card';
import { Moment } from '../ui/moment';
import { EventBadge } from '../vms/event-badge';
import { vmPath } from '../vms/vm-paths';
import { AwaitedCard } from './awaited-card';

/** What machines did last. */
export function EventsCard() {
  const t = useText();
  const query = useRecentVmEvents();
  const events = query.data?.items;
  const vms = useVms().data;
  if (events === undefined) return <AwaitedCard title={t('dashboard.events')} query={query} />;
  return (
    <CardSection title={t('dashboard.events')}>
      {events.length === 0 ? (
        <p className="text-muted">{t('dashboard.recentNone')}</p>
      ) : (
        <ol className="-my-2 divide-y divide-line">
          {events.map(({ id, vmId, at, kind }) => (
            <li
              key={id}
              className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 py-2 sm:grid-cols-[minmax(0,1fr)_7.5rem_6.5rem]"
            >
              <Link href={vmPath(vmId)} className="truncate font-medium hover:underline">
                {vms?.find((vm) => vm.id === vmId)?.name ?? vmId}
              </Link>
              <span>
                <EventBadge kind={kind} />
              </span>
              <span className="text-faint text-xs sm:text-right">
                <Moment iso={at} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </CardSection>
  );
}
