'use client';

import Link from 'next/link';
import type { Vm } from '@/server/api/vms';
import { useHost, useVms } from '../api/queries';
import { formatBytes } from '../i18n/format';
import { useReader } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';
import { buttonStyle } from '../ui/button-style';
import { Notice } from '../ui/notice';
import { vmPath } from '../vms/vm-paths';

const GiB = 1024 ** 3;
const LITTLE_BYTES = 2 * GiB;
/** So many are told one by one. */
const NAMED = 2;

/** What a person should look at, if there is anything; that KVM is missing the shell says. */
export function Warnings() {
  const t = useText();
  const host = useHost().data;
  const crashed = useVms().data?.filter(({ state }) => state === 'crashed') ?? [];
  return (
    <div className="flex flex-col gap-3 empty:hidden">
      {host && host.dataFreeBytes < LITTLE_BYTES && (
        <Notice
          tone="warning"
          title={t('dashboard.diskNearlyFull', { free: formatBytes(host.dataFreeBytes) })}
        >
          {t('dashboard.diskNearlyFullHint')}
        </Notice>
      )}
      {crashed.length > NAMED ? (
        <Notice
          tone="error"
          title={t('dashboard.crashedMany', { count: crashed.length })}
          actions={
            <Link href="/machines?state=crashed" className={buttonStyle('secondary', 'sm')}>
              {t('dashboard.crashedShow')}
            </Link>
          }
        />
      ) : (
        crashed.map((vm) => <Crashed key={vm.id} vm={vm} />)
      )}
    </div>
  );
}

function Crashed({ vm }: { readonly vm: Vm }) {
  const { t, say } = useReader();
  return (
    <Notice
      tone="error"
      title={t('dashboard.crashed', { name: vm.name })}
      actions={
        <Link href={vmPath(vm.id)} className={buttonStyle('secondary', 'sm')}>
          {t('dashboard.crashedOpen')}
        </Link>
      }
    >
      {vm.crash && say(vm.crash.message)}
    </Notice>
  );
}
