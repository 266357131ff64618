import { type RefObject, useCallback, useEffect, useState } from 'react';
import { useText } from '@/components/i18n/use-text';
import { toast } from '@/components/ui/toast';

/** Full screen of one element; leaving it by Escape is noticed as well. */
export function useFullScreen(element: RefObject<HTMLElement | null>) {
  const t = useText();
  const [active, setActive] = useState(false);

  useEffect(() => {
    const onChange = () => setActive(document.fullscreenElement === element.current);
    document.addEventListener('fullscreenchange', onChange);
    return () => document.removeEventListener('fullscreenchange', onChange);
  }, [element]);

  const toggle = useCallback(async () => {
    try {
      if (document.fullscreenElement !== null) await document.exitFullscreen();
      else await element.current?.requestFullscreen();
    } catch {
      toast('error', t('machine.fullScreenRefused'));
    }
  }, [element, t]);

  return { active, toggle };
}
