'use client';

import { Search } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type KeyboardEvent, useId, useState } from 'react';
import { useText } from '../i18n/use-text';
import { findItems, type PaletteItem } from './palette-items';
import { PaletteOptions } from './palette-options';
import { type AskAbout, usePaletteItems } from './use-palette-items';

interface PaletteProps {
  readonly onClose: () => void;
  readonly onHelp: () => void;
  readonly onAsk: AskAbout;
}

/** Every page, machine and action by a few letters (WAI-ARIA: combobox with a list). */
export function Palette({ onClose, onHelp, onAsk }: PaletteProps) {
  const t = useText();
  const listId = useId();
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(0);
  const items = findItems(usePaletteItems(onHelp, onAsk), typed);
  const at = Math.min(active, items.length - 1);

  const run = (item: PaletteItem | undefined) => {
    if (item === undefined || item.disabledReason !== undefined) return;
    onClose();
    item.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && items.length > 0) {
      event.preventDefault();
      setActive((at + step + items.length) % items.length);
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(items[at]);
    }
  };

  return (
    <Dialog.Root
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-3 top-[10vh] z-50 mx-auto flex max-h-[min(32rem,80vh)] max-w-[40rem] animate-rise flex-col overflow-hidden rounded-xl border border-line bg-raised shadow-float"
        >
          <Dialog.Title className="sr-only">{t('palette.title')}</Dialog.Title>
          <div className="flex items-center gap-3 border-line border-b px-4">
            <Search aria-hidden className="size-[1.125rem] shrink-0 text-faint" />
            <input
              role="combobox"
              aria-label={t('palette.title')}
              aria-expanded
              aria-controls={listId}
              aria-activedescendant={items[at] && `${listId}-${at}`}
              aria-autocomplete="list"
              autoComplete="off"
              spellCheck={false}
              placeholder={t('palette.hint')}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                setActive(0);
              }}
              onKeyDown={onKeyDown}
              className="h-13 w-full bg-transparent text-base outline-none placeholder:text-faint pointer-coarse:text-[16px]"
            />
          </div>
          <PaletteOptions
            id={listId}
            items={items}
            active={at}
            onPoint={setActive}
            onChoose={run}
          />
          {items.length === 0 && (
            <p role="status" className="px-5 py-8 text-center text-muted">
              {t('palette.nothing')}
            </p>
          )}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
