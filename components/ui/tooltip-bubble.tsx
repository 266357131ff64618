'use client';

import { Tooltip as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { type Anchor, StandIn } from './anchor';

interface TooltipBubbleProps {
  readonly anchor: Anchor;
  readonly side: 'top' | 'right' | 'bottom' | 'left';
  readonly onClose: () => void;
  /** The pointer may go over what it reads. */
  readonly onHover: (inside: boolean) => void;
  readonly children: ReactNode;
}

/** The words of a tooltip, in the place of what they are about. */
export function TooltipBubble({ anchor, side, onClose, onHover, children }: TooltipBubbleProps) {
  return (
    <Radix.Provider>
      <Radix.Root open onOpenChange={(open) => !open && onClose()}>
        <Radix.Portal>
          <Radix.Trigger asChild>
            <StandIn anchor={anchor} />
          </Radix.Trigger>
        </Radix.Portal>
        <Radix.Portal>
          <Radix.Content
            side={side}
            sideOffset={6}
            collisionPadding={8}
            onPointerEnter={() => onHover(true)}
            onPointerLeave={() => onHover(false)}
            className="z-50 max-w-72 animate-appear rounded-md bg-ink px-2.5 py-1.5 text-canvas text-xs shadow-float"
          >
            {children}
            <Radix.Arrow className="fill-ink" />
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  );
}
