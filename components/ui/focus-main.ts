/** When what had the focus is gone, the keyboard goes on at the page and not at the browser's bar. */
export function focusMain(): void {
  document.querySelector('main')?.focus({ preventScroll: true });
}

/** Nothing that a person chose has the focus: it may be given to what they came for. */
export function isFocusFree(): boolean {
  const { activeElement } = document;
  return activeElement === document.body || activeElement?.tagName === 'MAIN';
}

/** Longer than a page needs to take away what was removed, shorter than a hand needs for a key. */
const SETTLED_MS = 100;

/** Once what was removed is gone from the page. */
export function focusMainIfLost(): void {
  setTimeout(() => {
    if (document.activeElement === document.body) focusMain();
  }, SETTLED_MS);
}
