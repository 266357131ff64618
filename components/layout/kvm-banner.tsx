'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useHost } from '../api/queries';
import { useReader } from '../i18n/language-provider';
import { buttonStyle } from '../ui/button-style';
import { Notice } from '../ui/notice';

/** Without KVM no machine runs; the host's own page says it in its place. */
export function KvmBanner() {
  const { t, say } = useReader();
  const pathname = usePathname();
  const kvm = useHost().data?.kvm;
  if (kvm === undefined || kvm.available || pathname === '/host') return null;
  return (
    <Notice
      tone="warning"
      title={t('host.bannerTitle')}
      actions={
        <Link href="/host" className={buttonStyle('secondary', 'sm')}>
          {t('host.bannerLink')}
        </Link>
      }
    >
      <p>{say(kvm.detail)}</p>
      <p>{say(kvm.hint)}</p>
    </Notice>
  );
}
