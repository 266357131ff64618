import { useSession } from '../api/queries';
import { useText } from '../i18n/use-text';

/**
 * Why the user may not change anything; undefined when they may. The server decides; this is for
 * buttons to say so before they are pressed.
 */
export function useForbidden(): string | undefined {
  const t = useText();
  return useSession().data?.user?.role === 'viewer' ? t('session.viewerOnly') : undefined;
}
