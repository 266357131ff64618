'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useHost } from '../api/queries';
import { useText } from '../i18n/use-text';
import { buttonStyle } from '../ui/button-style';
import { Notice } from '../ui/notice';

/** Without KVM no machine runs; the host's own page says it in its place. */
export function KvmBanner() {
  const t = useText();
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
      <p>{kvm.detail}</p>
      <p>{kvm.hint}</p>
    </Notice>
  );
}
