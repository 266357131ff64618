import { t } from '../i18n/reader';
import { toast } from './toast';
import { toastError } from './toast-error';

/** Long enough to read it, think, and reach the button. */
const OFFERED_MS = 12_000;

/**
 * Says that something was done, and offers to take it back.
 * @param label what the button does; "Undo" where it leaves nothing changed
 */
export function toastUndo(
  title: string,
  undo: () => Promise<void>,
  label: string = t('common.undo'),
): void {
  toast('success', title, {
    duration: OFFERED_MS,
    action: {
      label,
      onClick: () =>
        void undo().catch((error: unknown) => toastError(t('common.notUndone'), error)),
    },
  });
}
