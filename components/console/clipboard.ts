import { t } from '@/components/i18n/reader';
import { toast } from '@/components/ui/toast';
import type { XtermScreen } from './xterm-screen';

export async function copySelection(screen: XtermScreen): Promise<void> {
  const text = screen.selection;
  if (text === '') return;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Only pages by https or from this host itself have a clipboard.
    toast('error', t('common.copyFailed'), { description: t('common.copyFailedHint') });
  }
}

export async function pasteInto(screen: XtermScreen): Promise<void> {
  try {
    screen.paste(await navigator.clipboard.readText());
    screen.focus();
  } catch {
    // The browser's own paste needs no leave: the person presses the keys.
    toast('error', t('machine.pasteRefused'), { description: t('machine.pasteRefusedHint') });
  }
}
