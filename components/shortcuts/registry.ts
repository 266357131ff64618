import { KeySequence, nameOf } from './keys';

type Action = () => void;

/** The newest of each comes first: a dialog's own keys win over those of the page below it. */
const actions = new Map<string, Action[]>();
const sequence = new KeySequence();

export function addShortcut(shortcut: string, action: Action): () => void {
  if (actions.size === 0) document.addEventListener('keydown', onKeyDown);
  actions.set(shortcut, [action, ...(actions.get(shortcut) ?? [])]);
  return () => {
    const left = (actions.get(shortcut) ?? []).filter((other) => other !== action);
    if (left.length > 0) actions.set(shortcut, left);
    else actions.delete(shortcut);
    if (actions.size === 0) document.removeEventListener('keydown', onKeyDown);
  };
}

function onKeyDown(event: KeyboardEvent): void {
  const name = nameOf(event);
  if (name === undefined || event.defaultPrevented || event.repeat) return;
  // A guest wants every key, and so does a field, but for the few that write nothing.
  if (isTerminal(event.target)) return;
  if (isWriting(event.target) && !name.startsWith('mod+')) return;
  // What stands before the page is answered first.
  if (isBehindDialog(event.target) && !name.startsWith('mod+')) return;
  const shortcut = sequence.press(name, event.timeStamp, new Set(actions.keys()));
  const action = shortcut === undefined ? undefined : actions.get(shortcut)?.[0];
  if (action === undefined) return;
  event.preventDefault();
  action();
}

function isTerminal(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('.xterm') !== null;
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('textarea, select, input:not([type=checkbox])'))
  );
}

function isBehindDialog(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role=dialog], [role=menu]') !== null;
}
