import { useSession } from '../api/queries';
import { NAV_ITEMS } from '../layout/nav-items';
import { GO_TO } from './shortcuts';

/** The keys that lead somewhere, without those of places that would only refuse this user. */
export function useGoTo(): readonly (typeof GO_TO)[number][] {
  const role = useSession().data?.user?.role;
  return GO_TO.filter(({ href }) => {
    const place = NAV_ITEMS.find((item) => item.href === href);
    return place?.only === undefined || place.only === role;
  });
}
