'use client';

import { clsx } from 'clsx';
import { Check } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { type Anchor, StandIn } from './anchor';

interface MenuPanelProps {
  readonly anchor: Anchor;
  readonly align: 'start' | 'end';
  /** Names the menu. Presses of it are its own: it closes what it opened. */
  readonly trigger: HTMLElement;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The open menu, in the place of its trigger. */
export function MenuPanel({ anchor, align, trigger, onClose, children }: MenuPanelProps) {
  const wentElsewhere = useRef(false);
  return (
    <Radix.Root open modal={false} onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Trigger asChild>
          <StandIn anchor={anchor} />
        </Radix.Trigger>
      </Radix.Portal>
      <Radix.Portal>
        <Radix.Content
          aria-labelledby={trigger.id}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          onInteractOutside={(event) => {
            if (event.target instanceof Node && trigger.contains(event.target)) {
              event.preventDefault();
            } else {
              wentElsewhere.current = true;
            }
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (!wentElsewhere.current) trigger.focus();
          }}
          className="z-50 min-w-48 max-w-80 animate-appear rounded-lg border border-line bg-raised p-1 shadow-float"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export interface MenuItemProps {
  readonly icon?: ReactNode;
  readonly onSelect: () => void;
  readonly danger?: boolean;
  /** Shown under the words; the item stays in reach of the arrow keys and does nothing. */
  readonly disabledReason?: string | undefined;
  readonly children: ReactNode;
}

const ITEM =
  'flex select-none items-start gap-2.5 rounded-md px-2.5 py-2 text-sm outline-none data-highlighted:bg-hover [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0';

export function MenuItem({ icon, onSelect, danger, disabledReason, children }: MenuItemProps) {
  const blocked = disabledReason !== undefined;
  return (
    <Radix.Item
      aria-disabled={blocked || undefined}
      onSelect={(event) => {
        if (blocked) event.preventDefault();
        else onSelect();
      }}
      className={clsx(ITEM, danger && !blocked && 'text-crashed', blocked && 'cursor-not-allowed')}
    >
      <span aria-hidden className={clsx('contents', blocked && '[&>svg]:opacity-50')}>
        {icon}
      </span>
      <span className="min-w-0">
        <span className={clsx('block', blocked && 'text-faint')}>{children}</span>
        {blocked && <span className="block text-faint text-xs">{disabledReason}</span>}
      </span>
    </Radix.Item>
  );
}

export interface MenuChoice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly icon?: ReactNode;
}

export interface MenuChoicesProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly MenuChoice<Value>[];
  readonly onChange: (value: Value) => void;
}

/** One of several, with a mark at the one that holds. */
export function MenuChoices<Value extends string>({
  label,
  value,
  choices,
  onChange,
}: MenuChoicesProps<Value>) {
  return (
    <>
      <MenuLabel>{label}</MenuLabel>
      <Radix.RadioGroup
        value={value}
        onValueChange={(next) => {
          const choice = choices.find((candidate) => candidate.value === next);
          if (choice) onChange(choice.value);
        }}
      >
        {choices.map((choice) => (
          <Radix.RadioItem
            key={choice.value}
            value={choice.value}
            className={clsx(ITEM, 'data-[state=checked]:text-accent-text')}
          >
            {choice.icon}
            <span className="flex-1">{choice.label}</span>
            <Radix.ItemIndicator className="mt-1.5 size-1.5 rounded-full bg-current" />
          </Radix.RadioItem>
        ))}
      </Radix.RadioGroup>
    </>
  );
}

export function MenuLabel({ children }: { readonly children: ReactNode }) {
  return (
    <Radix.Label className="px-2.5 pt-2 pb-1 font-medium text-faint text-xs">
      {children}
    </Radix.Label>
  );
}

export function MenuSeparator() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
}

export interface MenuCheckProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: ReactNode;
}

/** One of several that may be on together; the menu stays open, so that more can be changed. */
export function MenuCheck({ checked, onChange, children }: MenuCheckProps) {
  return (
    <Radix.CheckboxItem
      checked={checked}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
      className={ITEM}
    >
      <span aria-hidden className="grid size-4 place-items-center">
        <Radix.ItemIndicator>
          <Check />
        </Radix.ItemIndicator>
      </span>
      {children}
    </Radix.CheckboxItem>
  );
}
