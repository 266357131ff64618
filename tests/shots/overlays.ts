import type { Page } from 'playwright-core';
import type { BusyHost } from './busy-host';

/** Something that opens over a page. */
export interface Overlay {
  readonly name: string;
  readonly route: string;
  readonly open: (page: Page) => Promise<void>;
  /** Where there is a place for it. */
  readonly widths?: readonly number[];
}

/** Presses buttons and items of menus, one after another. */
const press =
  (...names: readonly string[]) =>
  async (page: Page): Promise<void> => {
    for (const name of names) {
      await page
        .getByRole('button', { name, exact: true })
        .or(page.getByRole('menuitem', { name, exact: true }))
        .filter({ visible: true })
        .first()
        .click();
    }
  };

/** Of the machine whose page it is: a button of the header, or in the menu beside. */
const act =
  (name: string) =>
  async (page: Page): Promise<void> => {
    const button = page
      .getByRole('main')
      .locator('fieldset')
      .getByRole('button', { name, exact: true });
    await ((await button.isVisible()) ? button.click() : press('More actions', name)(page));
  };

const then =
  (...steps: readonly ((page: Page) => Promise<void>)[]) =>
  async (page: Page): Promise<void> => {
    for (const step of steps) await step(page);
  };

const fill = (label: string, text: string) => (page: Page) =>
  page.getByLabel(label, { exact: true }).last().fill(text);

/** As the browser does it for the person. */
const paste = (text: string) => (page: Page) =>
  page.locator('.xterm-helper-textarea').evaluate((element, pasted) => {
    const data = new DataTransfer();
    data.setData('text/plain', pasted);
    element.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    );
  }, text);

const WIDE = [1280];

/** Every dialog and menu there is. */
export function overlaysOf({ linux, crashed, archive }: BusyHost): readonly Overlay[] {
  const machine = `machines/${linux}`;
  const hardware = `${machine}?tab=hardware`;
  const terminal = `${machine}?tab=console`;
  return [
    { name: 'navigation', route: 'dashboard', widths: [360], open: press('Open navigation') },
    { name: 'menu-account', route: 'dashboard', open: press('Account of admin') },
    { name: 'menu-language', route: 'dashboard', open: press('Language') },
    { name: 'menu-theme', route: 'dashboard', open: press('Theme') },
    {
      name: 'shortcuts',
      route: 'dashboard',
      open: press('Account of admin', 'Keyboard shortcuts'),
    },
    {
      name: 'palette',
      route: 'dashboard',
      open: async (page) => {
        await page.keyboard.press('Control+k');
        await page.getByRole('combobox').fill('stop');
      },
    },
    { name: 'menu-columns', route: 'machines', widths: WIDE, open: press('Columns') },
    {
      name: 'menu-machine',
      route: 'machines?q=db-primary',
      open: press('More actions for db-primary'),
    },
    {
      name: 'bulk-stop',
      route: 'machines',
      widths: WIDE,
      open: async (page) => {
        await page.getByLabel('Choose all machines shown').check();
        const bar = page.getByRole('region', { name: 'With the chosen machines' });
        await bar.getByRole('button', { name: 'Stop', exact: true }).click();
      },
    },
    {
      name: 'bulk-bar',
      route: 'machines',
      widths: WIDE,
      open: (page) => page.getByLabel('Choose all machines shown').check(),
    },
    {
      name: 'as-request',
      route: 'machines/new',
      open: (page) => page.getByText('As an API call').click(),
    },
    {
      name: 'wrong-fields',
      route: 'machines/new',
      open: then(fill('Name', ''), fill('Memory', '1'), press('Create and start')),
    },
    { name: 'menu-actions', route: machine, open: press('More actions') },
    { name: 'stop', route: machine, open: act('Stop') },
    { name: 'reset', route: machine, open: act('Reset') },
    { name: 'delete', route: `machines/${crashed}`, open: act('Delete') },
    {
      name: 'delete-with-disks',
      route: `machines/${archive}`,
      open: then(act('Delete'), (page) => page.getByLabel('Delete its disks too').check()),
    },
    { name: 'edit', route: hardware, open: press('Edit') },
    { name: 'disk-add', route: `machines/${archive}?tab=hardware`, open: press('Add disk') },
    { name: 'disk-grow', route: hardware, open: press('Grow') },
    { name: 'menu-recordings', route: terminal, open: press('Recordings') },
    {
      name: 'recording',
      route: terminal,
      open: async (page) => {
        await press('Recordings')(page);
        const recorded = page.getByRole('menuitem', { name: /20\d\d/ });
        await recorded.first().click();
        await page.getByRole('slider').press('End');
      },
    },
    { name: 'menu-terminal', route: terminal, open: press('Terminal settings') },
    {
      name: 'terminal-search',
      route: terminal,
      open: then(press('Search (Ctrl Shift F)'), fill('Search the console for', 'tmpfs')),
    },
    { name: 'paste', route: terminal, open: paste('rm -r /tmp/old\nls /tmp') },
    { name: 'image-upload', route: 'images', open: press('Upload') },
    { name: 'image-import', route: 'images', open: press('Import') },
    { name: 'image-delete', route: 'images', open: press('Delete halt-6.1') },
    { name: 'task-log', route: 'tasks', open: press('Log of alpine-3.20') },
    { name: 'token-new', route: 'settings', open: press('New token') },
    { name: 'token-revoke', route: 'settings', open: press('Revoke') },
    { name: 'user-new', route: 'settings?section=users', open: press('New user') },
    { name: 'user-delete', route: 'settings?section=users', open: press('Delete') },
  ];
}
