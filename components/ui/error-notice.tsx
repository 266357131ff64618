'use client';

import { causeAndHint } from '../api/api-error';
import { useText } from '../i18n/use-text';
import { Button } from './button';
import { Notice } from './notice';

interface ErrorNoticeProps {
  /** What was wanted and did not happen. */
  readonly title: string;
  readonly error: unknown;
  readonly onRetry?: () => void;
  readonly retrying?: boolean;
  readonly className?: string;
}

/** A failure on the page: what, why, and what to do about it. */
export function ErrorNotice({ title, error, onRetry, retrying, className }: ErrorNoticeProps) {
  const t = useText();
  const { detail, hint } = causeAndHint(error);
  return (
    <Notice
      tone="error"
      title={title}
      {...(className === undefined ? {} : { className })}
      actions={
        onRetry && (
          <Button size="sm" pending={retrying} onClick={onRetry}>
            {t('common.retry')}
          </Button>
        )
      }
    >
      <p>{detail}</p>
      <p>{hint}</p>
    </Notice>
  );
}
