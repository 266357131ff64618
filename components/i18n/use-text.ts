import { type Translate, t } from './translate';

/** `t` in the reader's language. There is one so far; components ask, so that others can come. */
export function useText(): Translate {
  return t;
}
