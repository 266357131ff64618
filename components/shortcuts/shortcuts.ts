import type { PlainKey } from '../i18n/catalogue';

interface Shortcut {
  readonly keys: string;
  readonly does: PlainKey;
}

interface ShortcutGroup {
  readonly title: PlainKey;
  readonly shortcuts: readonly Shortcut[];
}

/** Where a key leads; `GlobalShortcuts` hangs them up and the help sheet lists them. */
export const GO_TO = [
  { keys: 'g d', href: '/dashboard', does: 'shell.dashboard' },
  { keys: 'g m', href: '/machines', does: 'shell.machines' },
  { keys: 'g i', href: '/images', does: 'shell.images' },
  { keys: 'g t', href: '/tasks', does: 'shell.tasks' },
  { keys: 'g a', href: '/audit', does: 'shell.audit' },
  { keys: 'g h', href: '/host', does: 'shell.host' },
  { keys: 'g s', href: '/settings', does: 'shell.settings' },
  { keys: 'c', href: '/machines/new', does: 'shell.createMachine' },
] as const satisfies readonly (Shortcut & { href: string })[];

/** All that the pages answer to, as the help sheet tells it. */
export const SHORTCUT_GROUPS: readonly ShortcutGroup[] = [
  {
    title: 'shortcuts.anywhere',
    shortcuts: [
      { keys: 'mod+k', does: 'palette.title' },
      { keys: '?', does: 'shortcuts.title' },
      { keys: '/', does: 'list.search' },
    ],
  },
  { title: 'shortcuts.goTo', shortcuts: GO_TO },
  {
    title: 'shortcuts.terminal',
    shortcuts: [
      { keys: 'Ctrl Shift F', does: 'shortcuts.terminalSearch' },
      { keys: 'Ctrl Shift C', does: 'shortcuts.terminalCopy' },
      { keys: 'Ctrl Shift V', does: 'shortcuts.terminalPaste' },
      { keys: 'Ctrl Shift M', does: 'shortcuts.terminalLeave' },
    ],
  },
];
