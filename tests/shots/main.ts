/**
 * `npm run shots -- [DIRECTORY]`: pictures of every page, at three widths, light and dark, of a
 * console that is empty and of one that is full.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { assembleGuests } from '../guests/assemble';
import { sleep, TestConsole } from '../support/console';
import { furnish } from '../support/furnish';

const CHROMIUM = '/usr/bin/chromium';
const WIDTHS = [360, 1280, 2560] as const;
const THEMES = ['light', 'dark'] as const;
/** Charts have drawn, and what comes by events is there. */
const SETTLE_MS = 1200;
const PAGES = [
  'dashboard',
  'machines',
  'machines/new',
  'images',
  'tasks',
  'audit',
  'host',
  'settings',
  'settings?section=users',
  'settings?section=console',
  'reference',
];

async function main(): Promise<void> {
  const target = path.resolve(process.argv[2] ?? 'tests/e2e/shots/pages');
  mkdirSync(target, { recursive: true });
  assembleGuests();
  const tested = await TestConsole.start();
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  try {
    const [name = '', value = ''] = tested.sessionCookie.split('=');
    for (const state of ['empty', 'full'] as const) {
      const pages = state === 'empty' ? PAGES : [...PAGES, ...(await furnish(tested))];
      for (const theme of THEMES) {
        const context = await browser.newContext({ colorScheme: theme });
        await context.addCookies([{ name, value, url: tested.address }]);
        const page = await context.newPage();
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: width === 360 ? 780 : 900 });
          for (const route of pages) {
            await shoot(
              page,
              tested.address,
              route,
              path.join(target, `${state}-${theme}-${width}`),
            );
          }
        }
        await context.close();
      }
    }
    console.log(`wrote ${target}`);
  } finally {
    await browser.close();
    await tested.remove();
  }
}

async function shoot(page: Page, address: string, route: string, prefix: string): Promise<void> {
  // An address of a machine would give each run other names.
  const name = route.replace(/[0-9a-f-]{36}/, 'machine').replace(/\W+/g, '-');
  await page.goto(`${address}/${route}`);
  await sleep(SETTLE_MS);
  await page.screenshot({ path: `${prefix}-${name}.png`, fullPage: route !== 'reference' });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
