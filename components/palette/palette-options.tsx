'use client';

import { clsx } from 'clsx';
import { useEffect, useRef } from 'react';
import { useText } from '../i18n/use-text';
import { Keys } from '../shortcuts/keys-view';
import type { PaletteItem } from './palette-items';

interface PaletteOptionsProps {
  readonly id: string;
  readonly items: readonly PaletteItem[];
  readonly active: number;
  readonly onPoint: (at: number) => void;
  readonly onChoose: (item: PaletteItem) => void;
}

/** What answers to what was typed; the focus stays in the field above. */
export function PaletteOptions({ id, items, active, onPoint, onChoose }: PaletteOptionsProps) {
  const t = useText();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector(`[id="${id}-${active}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [id, active]);
  const groups = [...new Set(items.map(({ group }) => group))];
  return (
    <div
      ref={list}
      id={id}
      role="listbox"
      aria-label={t('palette.found')}
      className="overflow-y-auto p-1.5 empty:hidden"
    >
      {groups.map((group, number) => (
        // biome-ignore lint/a11y/useSemanticElements: a listbox has groups of this role
        <div key={group} role="group" aria-labelledby={`${id}-group-${number}`}>
          <p
            id={`${id}-group-${number}`}
            className="px-3 pt-2.5 pb-1 font-medium text-faint text-xs"
          >
            {group}
          </p>
          {items.map(
            (item, at) =>
              item.group === group && (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field
                <div
                  key={item.key}
                  id={`${id}-${at}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={at === active}
                  aria-disabled={item.disabledReason !== undefined || undefined}
                  onClick={() => onChoose(item)}
                  onPointerMove={() => onPoint(at)}
                  className={clsx(
                    'flex h-10 items-center gap-3 rounded-md px-3 pointer-coarse:h-12',
                    item.disabledReason === undefined ? 'cursor-pointer' : 'text-faint',
                    at === active && 'bg-hover',
                  )}
                >
                  <span className="min-w-0 flex-1 truncate">{item.title}</span>
                  {(item.disabledReason ?? item.detail) && (
                    <span className="truncate text-faint text-xs">
                      {item.disabledReason ?? item.detail}
                    </span>
                  )}
                  {item.keys && <Keys keys={item.keys} className="max-sm:hidden" />}
                </div>
              ),
          )}
        </div>
      ))}
    </div>
  );
}
