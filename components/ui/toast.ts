import type { ExternalToast } from 'sonner';

type ToastKind = 'success' | 'info' | 'warning' | 'error';

/**
 * Says something in the corner of the page. The library behind it is fetched after the page stands
 * (`Notifications`), so nothing here may import it outright.
 */
export function toast(kind: ToastKind, title: string, options?: ExternalToast): void {
  void import('sonner').then((sonner) => sonner.toast[kind](title, options));
}
