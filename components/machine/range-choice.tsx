'use client';

import { useText } from '@/components/i18n/use-text';
import { Segmented } from '@/components/ui/segmented';

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
    <Segmented
      label={t('machine.chartRange')}
      choices={RANGES.map(({ seconds, words }) => ({ value: String(seconds), label: t(words) }))}
      value={String(value)}
      onChange={(next) => {
        const range = RANGES.find(({ seconds }) => String(seconds) === next);
        if (range) onChange(range.seconds);
      }}
    />
  );
}
