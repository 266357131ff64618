import type { ComponentProps } from 'react';

/** Where in the window something floats at. */
export interface Anchor {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function anchorAt(element: Element): Anchor {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { left, top, width, height };
}

/**
 * Stands where a button stands, for the library that places what floats at it: the library is
 * fetched when it is wanted, and the button, which has the focus, must not be drawn anew for it.
 */
export function StandIn({ anchor, ...rest }: ComponentProps<'span'> & { readonly anchor: Anchor }) {
  return <span {...rest} aria-hidden className="pointer-events-none fixed" style={{ ...anchor }} />;
}
