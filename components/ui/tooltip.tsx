'use client';

import { Slot } from 'radix-ui';
import {
  type PointerEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from 'react';
import { type Anchor, anchorAt } from './anchor';
import { onDemand } from './on-demand';
import { useScrollAway } from './use-scroll-away';

const TooltipBubble = onDemand(() =>
  import('./tooltip-bubble').then((module) => module.TooltipBubble),
);

/** A pointer that only passes by opens nothing. */
const OPEN_MS = 300;
/** Time for the pointer to get from the thing to its tooltip. */
const CLOSE_MS = 150;

/** One at a time is open. */
let closeOpenOne = () => {};

interface TooltipProps {
  /** Nothing to say: no tooltip. */
  readonly content: ReactNode | undefined;
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
  /** Takes a ref and props. */
  readonly children: ReactElement;
}

/** Words beside what the pointer or the focus is at. */
export function Tooltip({ content, side = 'top', children }: TooltipProps) {
  const target = useRef<HTMLElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [anchor, setAnchor] = useState<Anchor>();
  const after = (ms: number, act: () => void) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(act, ms);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  const close = () => {
    clearTimeout(timer.current);
    setAnchor(undefined);
  };
  useScrollAway(anchor !== undefined, close);
  const open = () => {
    if (target.current === null) return;
    closeOpenOne();
    closeOpenOne = close;
    setAnchor(anchorAt(target.current));
  };
  const onEnter = ({ pointerType }: PointerEvent) => {
    if (pointerType !== 'touch') after(OPEN_MS, open);
  };
  return (
    <>
      <Slot.Root
        ref={target}
        onPointerEnter={onEnter}
        onPointerLeave={() => after(CLOSE_MS, close)}
        onPointerDown={close}
        onFocus={() => target.current?.matches(':focus-visible') && open()}
        onBlur={close}
      >
        {children}
      </Slot.Root>
      {anchor !== undefined && content !== undefined && content !== '' && (
        <TooltipBubble
          anchor={anchor}
          side={side}
          onClose={close}
          onHover={(inside) => (inside ? clearTimeout(timer.current) : after(CLOSE_MS, close))}
        >
          {content}
        </TooltipBubble>
      )}
    </>
  );
}
