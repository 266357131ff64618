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
import { HostLoad } from './host-load';
import { HostMemory } from './host-memory';
import { KvmCard } from './kvm-card';

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
        <div className="grid grid-cols-1 gap-5 xl:grid-cols-2">
          <KvmCard kvm={host.kvm} />
          <HostLoad />
          <System host={host} />
          <HostMemory host={host} />
          <div className="xl:col-span-2">
            <DoctorCard />
          </div>
        </div>
      ) : (
        error === null && <HostSkeleton />
      )}
    </>
  );
}

function System({ host }: { readonly host: Host }) {
  const t = useText();
  return (
    <CardSection id="system" title={t('host.system')}>
      <Facts>
        <Fact name={t('host.hostname')}>{host.hostname}</Fact>
        <Fact name={t('host.cpu')}>{host.cpuModel}</Fact>
        <Fact name={t('host.cores')}>{host.cpus}</Fact>
        <Fact name={t('host.kernel')}>{host.kernel}</Fact>
        <Fact name={t('host.dataFree')}>{formatBytes(host.dataFreeBytes)}</Fact>
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
    <div className="grid gap-5 xl:grid-cols-2">
      <Skeleton className="h-44" />
      <Skeleton className="h-44" />
      <Skeleton className="h-60" />
      <Skeleton className="h-36" />
    </div>
  );
}
