const HOME = '/dashboard';
/** Only to tell whether a path stays here; no request goes there. */
const SOMEWHERE = 'http://here.invalid';

/** Where to go after the sign-in: a path of this console, whatever the address bar was given. */
export function returnPath(next: string | null): string {
  if (next === null || !next.startsWith('/')) return HOME;
  try {
    const url = new URL(next, SOMEWHERE);
    if (url.origin !== SOMEWHERE || url.pathname.startsWith('/sign-in')) return HOME;
    return `${url.pathname}${url.search}${url.hash}`;
  } catch {
    return HOME;
  }
}

export function signInPath(from: string): string {
  return from === '/' || from === HOME ? '/sign-in' : `/sign-in?next=${encodeURIComponent(from)}`;
}
