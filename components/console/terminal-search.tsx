'use client';

import { ArrowDown, ArrowUp, X } from 'lucide-react';
import { useState } from 'react';
import { useText } from '@/components/i18n/use-text';
import { Button } from '@/components/ui/button';

/** What the terminal found; `index` is -1 when there are too many to count. */
export interface Found {
  readonly index: number;
  readonly count: number;
}

interface TerminalSearchProps {
  readonly found: Found | undefined;
  readonly onFind: (text: string, direction: 'next' | 'previous', incremental: boolean) => void;
  readonly onClose: () => void;
}

export function TerminalSearch({ found, onFind, onClose }: TerminalSearchProps) {
  const t = useText();
  const [text, setText] = useState('');
  return (
    <search className="absolute top-2 right-2 left-2 z-10 flex animate-appear items-center gap-1 rounded-lg border border-line bg-raised p-1 shadow-float sm:left-auto sm:w-96">
      <input
        // Asked for by a key or a button just now: that is where the person wants to type.
        // biome-ignore lint/a11y/noAutofocus: see above
        autoFocus
        type="text"
        aria-label={t('machine.searchFor')}
        placeholder={t('machine.search')}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          onFind(event.target.value, 'next', true);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
          if (event.key === 'Enter') onFind(text, event.shiftKey ? 'previous' : 'next', false);
        }}
        className="h-8 min-w-0 flex-1 rounded-md bg-transparent px-2 text-sm outline-none placeholder:text-faint"
      />
      <span role="status" className="whitespace-nowrap px-1 text-faint text-xs tabular-nums">
        {text !== '' && found !== undefined && wordsFor(found, t)}
      </span>
      <Button
        variant="ghost"
        size="iconSm"
        label={t('machine.searchPrevious')}
        onClick={() => onFind(text, 'previous', false)}
      >
        <ArrowUp aria-hidden />
      </Button>
      <Button
        variant="ghost"
        size="iconSm"
        label={t('machine.searchNext')}
        onClick={() => onFind(text, 'next', false)}
      >
        <ArrowDown aria-hidden />
      </Button>
      <Button variant="ghost" size="iconSm" label={t('machine.searchClose')} onClick={onClose}>
        <X aria-hidden />
      </Button>
    </search>
  );
}

function wordsFor({ index, count }: Found, t: ReturnType<typeof useText>): string {
  if (count === 0) return t('machine.searchNone');
  if (index < 0) return t('machine.searchMany', { count });
  return t('machine.searchCount', { index: index + 1, count });
}
