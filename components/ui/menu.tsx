'use client';

import { Slot } from 'radix-ui';
import {
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useId,
  useRef,
  useState,
} from 'react';
import { type Anchor, anchorAt } from './anchor';
import type * as Parts from './menu-parts';
import { useScrollAway } from './use-scroll-away';

let parts: typeof Parts | undefined;

/** What a menu is made of is fetched when a pointer or the focus comes near the first one. */
async function load(): Promise<void> {
  parts ??= await import('./menu-parts');
}

interface MenuProps {
  /** A `Button` or something else that takes a ref and props. */
  readonly trigger: ReactElement;
  readonly align?: 'start' | 'end';
  readonly children: ReactNode;
}

export function Menu({ trigger, align = 'end', children }: MenuProps) {
  const id = useId();
  const button = useRef<HTMLElement>(null);
  const [anchor, setAnchor] = useState<Anchor>();
  const close = () => setAnchor(undefined);
  useScrollAway(anchor !== undefined, close);
  const open = () => {
    void load().then(() => {
      if (button.current !== null) setAnchor(anchorAt(button.current));
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    open();
  };
  return (
    <>
      <Slot.Root
        ref={button}
        id={id}
        aria-haspopup="menu"
        aria-expanded={anchor !== undefined}
        onPointerEnter={load}
        onFocus={load}
        onClick={anchor === undefined ? open : close}
        onKeyDown={onKeyDown}
      >
        {trigger}
      </Slot.Root>
      {anchor !== undefined && parts !== undefined && button.current !== null && (
        <parts.MenuPanel anchor={anchor} align={align} trigger={button.current} onClose={close}>
          {children}
        </parts.MenuPanel>
      )}
    </>
  );
}

/** Inside of a menu that is open, so they are there. */
function loaded(): typeof Parts {
  if (parts === undefined) throw new Error('Parts of a menu are drawn inside of a menu alone.');
  return parts;
}

export function MenuItem(props: Parts.MenuItemProps) {
  const { MenuItem: Part } = loaded();
  return <Part {...props} />;
}

export function MenuChoices<Value extends string>(props: Parts.MenuChoicesProps<Value>) {
  const { MenuChoices: Part } = loaded();
  return <Part {...props} />;
}

export function MenuCheck(props: Parts.MenuCheckProps) {
  const { MenuCheck: Part } = loaded();
  return <Part {...props} />;
}

export function MenuLabel({ children }: { readonly children: ReactNode }) {
  const { MenuLabel: Part } = loaded();
  return <Part>{children}</Part>;
}

export function MenuSeparator() {
  const { MenuSeparator: Part } = loaded();
  return <Part />;
}
