'use client';

import { Search } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import type { Vm } from '@/server/api/vms';
import { errorToShow } from '../api/error-to-show';
import { useVms } from '../api/queries';
import { useText } from '../i18n/use-text';
import { PageHeader } from '../layout/page-header';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { ErrorNotice } from '../ui/error-notice';
import { Input } from '../ui/input';
import { VmCards } from './vm-cards';
import { VmListSkeleton } from './vm-list-skeleton';
import { VmTable } from './vm-table';

/** Seen once in the life of a console. */
const NoMachines = dynamic(() => import('./no-machines').then((module) => module.NoMachines), {
  loading: () => <VmListSkeleton />,
});

/** With fewer, a filter is more in the way than of use. */
const FILTER_FROM = 6;

export function VmList() {
  const t = useText();
  const query = useVms();
  const { data: vms, refetch, isFetching } = query;
  const error = errorToShow(query);
  const [text, setText] = useState('');
  const wanted = text.trim().toLowerCase();
  const shown = vms?.filter(({ name }) => name.toLowerCase().includes(wanted)) ?? [];
  return (
    <>
      <PageHeader
        title={t('vms.title')}
        description={vms && vms.length > 0 ? <Counts vms={vms} /> : undefined}
        actions={
          (vms?.length ?? 0) >= FILTER_FROM && (
            <div className="relative w-full sm:w-64">
              <Search
                aria-hidden
                className="pointer-events-none absolute top-3 left-3 size-4 text-faint"
              />
              <Input
                type="search"
                aria-label={t('vms.search')}
                placeholder={t('vms.search')}
                className="pl-9"
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            </div>
          )
        }
      />
      {error && (
        <ErrorNotice
          title={t('vms.listFailed')}
          error={error}
          retrying={isFetching}
          onRetry={() => void refetch()}
        />
      )}
      {(vms !== undefined || error === null) && (
        <Card className="overflow-hidden">
          {vms === undefined ? (
            <VmListSkeleton />
          ) : vms.length === 0 ? (
            <NoMachines />
          ) : shown.length === 0 ? (
            <div className="flex flex-col items-center gap-3 px-4 py-12 text-center text-muted">
              <p>{t('vms.noMatch', { text: text.trim() })}</p>
              <Button onClick={() => setText('')}>{t('vms.clearSearch')}</Button>
            </div>
          ) : (
            <>
              <div className="hidden md:block">
                <VmTable vms={shown} />
              </div>
              <div className="md:hidden">
                <VmCards vms={shown} />
              </div>
            </>
          )}
        </Card>
      )}
    </>
  );
}

function Counts({ vms }: { readonly vms: readonly Vm[] }) {
  const t = useText();
  const count = vms.length;
  const running = vms.filter(({ state }) => state === 'running').length;
  return (
    <>
      {t(count === 1 ? 'vms.countOne' : 'vms.countOther', { count })}
      {running > 0 && <> · {t('vms.countRunning', { count: running })}</>}
    </>
  );
}
