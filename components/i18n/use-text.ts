import { useReader } from './language-provider';
import type { Translate } from './translate';

/** `t` in the reader's language. */
export function useText(): Translate {
  return useReader().t;
}
