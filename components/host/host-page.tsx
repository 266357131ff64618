'use client';

import type { Host } from '@/server/api/host';
import { errorToShow } from '../api/error-to-show';
import { useHost } from '../api/queries';
import { formatBytes } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { PageHeader } from '../layout/page-header';
import { CardSection } from '../ui/card';
import { ErrorNotice } from '../ui/error-notice';
import { Fact, Facts } from '../ui/facts';
import { Skeleton } from '../ui/skeleton';
import { DoctorCard } from './doctor-card';
import { HostCharts } from './host-charts';
import { HostLoad } from './host-load';
import { KvmCard } from './kvm-card';
import { usePromisedMemory } from './use-promised-memory';

export function HostPage() {
  const t = useText();
  const query = useHost({ live: true });
  const { data: host, refetch, isFetching } = query;
  const error = errorToShow(query);
  return (
    <>
      <PageHeader title={t('host.title')} description={t('host.intro')} />
      {error && (
        <ErrorNotice
          title={t('host.failed')}
          error={error}
          retrying={isFetching}
          onRetry={() => void refetch()}
        />
      )}
      {host ? (
        <>
          <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-2">
            <div className="grid min-w-0 grid-cols-1 gap-5">
              <KvmCard kvm={host.kvm} />
              <HostLoad />
            </div>
            <System host={host} />
          </div>
          <div className="grid grid-cols-1 gap-5 xl:grid-cols-3">
            <HostCharts />
          </div>
          <DoctorCard />
        </>
      ) : (
        error === null && <HostSkeleton />
      )}
    </>
  );
}

function System({ host }: { readonly host: Host }) {
  const t = useText();
  const promised = usePromisedMemory();
  return (
    <CardSection id="system" title={t('host.system')}>
      <Facts>
        <Fact name={t('host.hostname')}>{host.hostname}</Fact>
        <Fact name={t('host.cpu')}>{host.cpuModel}</Fact>
        <Fact name={t('host.cores')}>{host.cpus}</Fact>
        <Fact name={t('host.kernel')}>{host.kernel}</Fact>
        <Fact name={t('host.memory')}>
          {t('host.memoryFree', {
            free: formatBytes(host.memoryAvailableBytes),
            total: formatBytes(host.memoryBytes),
          })}
        </Fact>
        {promised !== undefined && <Fact name={t('host.promised')}>{formatBytes(promised)}</Fact>}
        <Fact name={t('host.dataFree')}>
          {t('host.memoryFree', {
            free: formatBytes(host.dataFreeBytes),
            total: formatBytes(host.dataTotalBytes),
          })}
        </Fact>
        <Fact name={t('host.dataDirectory')}>
          <code className="break-all font-mono font-normal text-xs">{host.dataDirectory}</code>
        </Fact>
        <Fact name={t('host.version')}>{host.version}</Fact>
      </Facts>
    </CardSection>
  );
}

function HostSkeleton() {
  return (
    <>
      <div className="grid gap-5 xl:grid-cols-2">
        <Skeleton className="h-96 rounded-lg" />
        <Skeleton className="h-96 rounded-lg" />
      </div>
      <Skeleton className="h-64 rounded-lg" />
    </>
  );
}
