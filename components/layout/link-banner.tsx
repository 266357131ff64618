'use client';

import { useEffect, useRef, useState } from 'react';
import { useEventLink } from '../api/events';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { Notice } from '../ui/notice';
import { toast } from '../ui/toast';

/** A restart of the console or a hop between networks is over before anybody needs to know. */
const PATIENCE_MS = 2_500;

/** Says that the server does not answer, and that it does again. */
export function LinkBanner() {
  const t = useText();
  const { state, retryNow } = useEventLink();
  const [shown, setShown] = useState(false);
  const wasShown = useRef(false);

  useEffect(() => {
    if (state === 'lost') {
      const timer = setTimeout(() => setShown(true), PATIENCE_MS);
      return () => clearTimeout(timer);
    }
    if (state === 'open') setShown(false);
    return undefined;
  }, [state]);

  useEffect(() => {
    if (wasShown.current && !shown) toast('success', t('shell.back'));
    wasShown.current = shown;
  }, [shown, t]);

  if (!shown) return null;
  return (
    <Notice
      tone="error"
      title={t('shell.lost')}
      actions={
        <Button size="sm" onClick={retryNow}>
          {t('shell.retryNow')}
        </Button>
      }
    >
      {t('shell.lostHint')}
    </Notice>
  );
}
