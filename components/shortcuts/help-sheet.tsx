'use client';

import { useText } from '../i18n/use-text';
import { Dialog } from '../ui/dialog';
import { Keys } from './keys-view';
import { GO_TO, SHORTCUT_GROUPS } from './shortcuts';
import { useGoTo } from './use-go-to';

interface HelpSheetProps {
  readonly onClose: () => void;
}

/** Every shortcut there is. */
export function HelpSheet({ onClose }: HelpSheetProps) {
  const t = useText();
  const goTo = useGoTo();
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t('shortcuts.title')}
      size="wide"
    >
      <div className="gap-x-8 sm:columns-2">
        {SHORTCUT_GROUPS.map(({ title, shortcuts }) => (
          <section key={title} className="mb-5 break-inside-avoid">
            <h3 className="mb-2 font-medium text-faint text-xs">{t(title)}</h3>
            <dl className="flex flex-col gap-2">
              {(shortcuts === GO_TO ? goTo : shortcuts).map(({ keys, does }) => (
                <div key={keys} className="flex items-center justify-between gap-4">
                  <dt>{t(does)}</dt>
                  <dd>
                    <Keys keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
