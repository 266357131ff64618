'use client';

import { clsx } from 'clsx';
import { Tabs as Radix } from 'radix-ui';
import { type ReactNode, useEffect, useRef } from 'react';

export interface Tab<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly icon?: ReactNode;
}

interface TabsProps<Value extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly className?: string;
  /** `TabPanel`s. */
  readonly children: ReactNode;
}

export function Tabs<Value extends string>({
  label,
  tabs,
  value,
  onChange,
  className,
  children,
}: TabsProps<Value>) {
  const list = useRef<HTMLDivElement>(null);
  // Where they do not all fit, the open one is in sight, also when a link led to it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is read from the page
  useEffect(() => {
    const open = list.current?.querySelector<HTMLElement>('[data-state=active]');
    if (list.current === null || !open) return;
    list.current.scrollLeft = open.offsetLeft - (list.current.clientWidth - open.offsetWidth) / 2;
  }, [value]);
  return (
    <Radix.Root
      value={value}
      onValueChange={(next) => {
        const tab = tabs.find((candidate) => candidate.value === next);
        if (tab) onChange(tab.value);
      }}
      className={className}
    >
      <Radix.List
        ref={list}
        aria-label={label}
        className="relative flex gap-1 overflow-x-auto border-line border-b [scrollbar-width:none]"
      >
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className={clsx(
              'inline-flex items-center gap-2 whitespace-nowrap border-transparent border-b-2 px-3 py-2.5 font-medium text-muted text-sm transition-colors hover:text-ink',
              'focus-visible:outline-offset-[-2px] data-[state=active]:border-accent-text data-[state=active]:text-ink [&_svg]:size-4',
              // The next tab shows that there is one.
              'max-sm:[&_svg]:hidden',
            )}
          >
            {tab.icon}
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {children}
    </Radix.Root>
  );
}

interface TabPanelProps {
  readonly value: string;
  readonly className?: string;
  /** Keep it mounted when another tab is open, for what must not be lost: a terminal. */
  readonly keep?: boolean;
  readonly children: ReactNode;
}

export function TabPanel({ value, className, keep = false, children }: TabPanelProps) {
  return (
    <Radix.Content
      value={value}
      {...(keep ? { forceMount: true } : {})}
      className={clsx('data-[state=inactive]:hidden', className)}
    >
      {children}
    </Radix.Content>
  );
}
