'use client';

import { ToggleGroup } from 'radix-ui';
import { useText } from '@/components/i18n/use-text';

export type RangeSeconds = 120 | 600;

const RANGES = [
  { seconds: 120, words: 'machine.range2' },
  { seconds: 600, words: 'machine.range10' },
] as const;

interface RangeChoiceProps {
  readonly value: RangeSeconds;
  readonly onChange: (value: RangeSeconds) => void;
}

/** How much of the past the charts show. */
export function RangeChoice({ value, onChange }: RangeChoiceProps) {
  const t = useText();
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={t('machine.chartRange')}
      value={String(value)}
      onValueChange={(next) => {
        const range = RANGES.find(({ seconds }) => String(seconds) === next);
        if (range) onChange(range.seconds);
      }}
      className="inline-flex gap-0.5 rounded-md border border-line bg-sunken p-0.5"
    >
      {RANGES.map(({ seconds, words }) => (
        <ToggleGroup.Item
          key={seconds}
          value={String(seconds)}
          className="rounded-sm px-2.5 py-1 font-medium text-muted text-xs transition-colors hover:text-ink data-[state=on]:bg-surface data-[state=on]:text-ink data-[state=on]:shadow-lift"
        >
          {t(words)}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
