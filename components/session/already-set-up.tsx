'use client';

import Link from 'next/link';
import { useText } from '../i18n/use-text';
import { buttonStyle } from '../ui/button-style';
import { Notice } from '../ui/notice';

export function AlreadySetUp() {
  const t = useText();
  return (
    <div className="flex flex-col gap-5">
      <Notice tone="info" title={t('session.alreadyDone')}>
        {t('session.alreadyDoneHint')}
      </Notice>
      <Link href="/sign-in" className={buttonStyle('primary', 'lg')}>
        {t('session.toSignIn')}
      </Link>
    </div>
  );
}
