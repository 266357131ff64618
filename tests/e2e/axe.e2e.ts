import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assembleGuests } from '../guests/assemble';
import { TestConsole } from '../support/console';
import { furnish } from '../support/furnish';
import { describeWithKvm } from '../support/kvm';
import { Visitor } from './support/visitor';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Charts are drawn, dialogs have risen. */
const SETTLE_MS = 500;
const THEMES = ['light', 'dark'] as const;
const WIDTHS = [1280, 360] as const;
const PAGES = [
  ...['dashboard', 'machines', 'machines/new', 'images', 'tasks', 'audit', 'host', 'reference'],
  ...['settings', 'settings?section=users', 'settings?section=console'],
  'nowhere',
];

/** What opens over a page: where, by which button, and what it is. */
const OVERLAYS = [
  {
    name: 'menu of the user',
    route: 'dashboard',
    press: 'Account of admin',
    within: '[role=menu]',
  },
  { name: 'palette', route: 'dashboard', press: /^Search/, within: '[role=dialog]' },
  {
    name: 'menu of a machine',
    route: 'machines',
    press: 'More actions for web',
    within: '[role=menu]',
  },
  { name: 'upload of an image', route: 'images', press: 'Upload', within: '[role=dialog]' },
  { name: 'new token', route: 'settings', press: 'New token', within: '[role=dialog]' },
  { name: 'new user', route: 'settings?section=users', press: 'New user', within: '[role=dialog]' },
];

describeWithKvm('axe, on every page', () => {
  let served: TestConsole;
  let visitor: Visitor;
  let page: Page;
  let machinePages: string[] = [];

  beforeAll(async () => {
    assembleGuests();
    served = await TestConsole.start();
    machinePages = await furnish(served);
    visitor = await Visitor.arrive('axe');
    page = visitor.page;
    // A colour that is on its way to another is none that anybody chose.
    await page.emulateMedia({ reducedMotion: 'reduce' });
  });
  afterAll(async () => {
    await visitor?.leave();
    await served?.remove();
  });

  const signedIn = async (): Promise<void> => {
    const [name = '', value = ''] = served.sessionCookie.split('=');
    await page.context().addCookies([{ name, value, url: served.address }]);
  };
  const open = async (route: string): Promise<void> => {
    await page.goto(`${served.address}/${route}`);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.waitForTimeout(SETTLE_MS);
  };
  /** @returns the rules that are broken, with where */
  const violations = async (within?: string): Promise<string[]> => {
    // By the debugger, which no policy of the page concerns.
    await page.evaluate(AXE);
    const { violations: found } = await page.evaluate<AxeResults>(
      `axe.run(${within === undefined ? 'document' : JSON.stringify(within)})`,
    );
    return found.map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map(({ target, failureSummary }) => `${target} (${failureSummary})`)
          .join('; ')}`,
    );
  };
  const inEachTheme = async (within?: string): Promise<Record<string, string[]>> => {
    const found: Record<string, string[]> = {};
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      await page.waitForTimeout(100);
      found[theme] = await violations(within);
    }
    return found;
  };

  it.each(['sign-in', 'first-run'])('finds nothing on %s', async (route) => {
    await page.context().clearCookies();
    await open(route);
    expect(await inEachTheme()).toEqual({ light: [], dark: [] });
    await signedIn();
  });

  describe.each(WIDTHS)('at %d px', (width) => {
    beforeAll(async () => {
      await page.setViewportSize({ width, height: 800 });
      await signedIn();
    });

    it.each(PAGES)('finds nothing on %s', async (route) => {
      await open(route);
      expect(await inEachTheme()).toEqual({ light: [], dark: [] });
    });

    it('finds nothing on the tabs of a machine', async () => {
      expect(machinePages.length).toBeGreaterThan(5);
      for (const route of machinePages) {
        await open(route);
        expect([route, await inEachTheme()]).toEqual([route, { light: [], dark: [] }]);
      }
    });

    it.each(OVERLAYS)('finds nothing on the $name', async ({ route, press, within }) => {
      await open(route);
      await page.getByRole('button', { name: press, exact: true }).first().click();
      await page.waitForTimeout(SETTLE_MS);
      // A portal stands outside the landmarks of the page, as it should; the page itself is above.
      expect(await inEachTheme(within)).toEqual({ light: [], dark: [] });
      await page.keyboard.press('Escape');
    });
  });

  describe('by keyboard', () => {
    beforeAll(async () => {
      await page.setViewportSize({ width: 1280, height: 800 });
      await signedIn();
    });

    it('shows where the focus is, on each stop of the Tab key', async () => {
      await open('machines');
      const seen = new Set<string>();
      for (let stop = 0; stop < 40; stop += 1) {
        await page.keyboard.press('Tab');
        const { name, visible } = await page.evaluate(() => {
          const element = document.activeElement;
          if (element === null || element === document.body) return { name: '', visible: true };
          const own = getComputedStyle(element);
          const after = getComputedStyle(element, '::after');
          const outlined = [own, after].some(
            ({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && outlineWidth !== '0px',
          );
          const { width, height } = element.getBoundingClientRect();
          const text = element.getAttribute('aria-label') ?? element.textContent ?? '';
          return { name: text.trim(), visible: outlined && width > 0 && height > 0 };
        });
        expect([name, visible]).toEqual([name, true]);
        seen.add(name);
      }
      for (const name of ['Skip to content', 'Machines', 'Create machine', 'Find machines']) {
        expect([...seen].some((other) => other.startsWith(name))).toBe(true);
      }
    });

    it('keeps the focus in a dialog, and gives it back', async () => {
      await open('images');
      const button = page.getByRole('button', { name: 'Upload' });
      await button.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      for (let stop = 0; stop < 12; stop += 1) {
        await page.keyboard.press('Tab');
        expect(
          await page.evaluate(() => document.activeElement?.closest('[role=dialog]') !== null),
        ).toBe(true);
      }
      // Where no tooltip is open, which would be what Escape closes first.
      await page.getByRole('dialog').getByLabel('Name').focus();
      await page.getByRole('tooltip').first().waitFor({ state: 'hidden' });
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      const hasFocus = () => button.evaluate((element) => element === document.activeElement);
      await expect.poll(hasFocus).toBe(true);
    });
  });
});
