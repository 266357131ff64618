import type { ExternalToast } from 'sonner';

type ToastKind = 'success' | 'info' | 'warning' | 'error';

let wanted = false;
let listener = () => {};
let showWhatWaits = () => {};
const stage = new Promise<void>((resolve) => {
  showWhatWaits = resolve;
});

/** The corner of the page where notices stand: drawn when the first one wants to be shown. */
export const noticeStage = {
  isWanted: () => wanted,
  subscribe: (onWanted: () => void) => {
    listener = onWanted;
    return () => {
      listener = () => {};
    };
  },
  /** It is drawn: what has waited for it is shown. */
  ready: () => showWhatWaits(),
};

/**
 * Says something in the corner of the page. The library behind it is fetched when there is
 * something to say, so nothing here may import it outright.
 */
export function toast(kind: ToastKind, title: string, options?: ExternalToast): void {
  wanted = true;
  listener();
  void Promise.all([import('sonner'), stage]).then(([sonner]) =>
    sonner.toast[kind](title, options),
  );
}
