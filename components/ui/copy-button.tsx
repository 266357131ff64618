'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useText } from '../i18n/use-text';
import { Button } from './button';
import { toast } from './toast';

const SHOWN_MS = 1_600;

interface CopyButtonProps {
  readonly text: string;
  /** Without one, the button says "Copy" in words. */
  readonly label?: string;
}

export function CopyButton({ text, label }: CopyButtonProps) {
  const t = useText();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => {
    try {
      // Not there on a page without TLS that is not localhost.
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      toast('error', t('common.copyFailed'), { description: t('common.copyFailedHint') });
    }
  };

  const Icon = copied ? Check : Copy;
  return (
    <Button
      variant="ghost"
      size={label === undefined ? 'sm' : 'iconSm'}
      label={label}
      onClick={() => void copy()}
    >
      <Icon aria-hidden className={copied ? 'text-running' : undefined} />
      {label === undefined && t(copied ? 'common.copied' : 'common.copy')}
      {label !== undefined && copied && (
        <span role="status" className="sr-only">
          {t('common.copied')}
        </span>
      )}
    </Button>
  );
}
