'use client';

import { useHost, useVms } from '../api/queries';
import { formatBytes } from '../i18n/format';
import { useText } from '../i18n/use-text';
import { Notice } from '../ui/notice';

const GiB = 1024 ** 3;
const LITTLE_BYTES = 2 * GiB;

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
      {crashed.map(({ id, name }) => (
        <Notice key={id} tone="error" title={t('dashboard.crashed', { name })}>
          {t('dashboard.crashedHint')}
        </Notice>
      ))}
    </div>
  );
}
