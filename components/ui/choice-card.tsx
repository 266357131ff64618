'use client';

import { clsx } from 'clsx';
import type { ReactNode } from 'react';

interface ChoiceCardProps {
  /** Of the group of choices. */
  readonly name: string;
  readonly title: string;
  readonly description: ReactNode;
  readonly icon?: ReactNode;
  /** At the right. */
  readonly aside?: ReactNode;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChoose: () => void;
}

/** One of a few choices that need a line of explanation. */
export function ChoiceCard({
  name,
  title,
  description,
  icon,
  aside,
  checked,
  disabled = false,
  onChoose,
}: ChoiceCardProps) {
  return (
    <label
      className={clsx(
        'flex items-center gap-3.5 rounded-md border px-4 py-3 transition-colors has-focus-visible:outline-2 has-focus-visible:outline-accent-text has-focus-visible:outline-offset-2',
        checked ? 'border-accent-text bg-accent-soft' : 'border-line',
        disabled ? 'cursor-not-allowed' : 'cursor-pointer',
        !checked && !disabled && 'hover:bg-hover',
      )}
    >
      <input
        type="radio"
        name={name}
        checked={checked}
        disabled={disabled}
        onChange={onChoose}
        className="size-4 shrink-0 accent-accent outline-none"
      />
      {icon}
      <span className="min-w-0 flex-1">
        <span className={clsx('block font-medium', disabled && 'text-faint')}>{title}</span>
        <span className="block text-muted text-xs">{description}</span>
      </span>
      {aside}
    </label>
  );
}
