/**
 * `npm run shots -- [DIRECTORY] [--state NAME]`: pictures of every page in every state, at several
 * widths, light and dark, and of every dialog and menu. `npm run shots -- --docs` takes only those
 * that the README shows.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { assembleGuests } from '../guests/assemble';
import { launchChromium } from '../support/chromium';
import { TestConsole } from '../support/console';
import { type BusyHost, furnishBusyHost } from './busy-host';
import { Camera, nameOf, THEMES, WIDTHS } from './camera';
import { shootForDocs } from './docs';
import { overlaysOf } from './overlays';
import { EMPTY, IN_USE, type State } from './states';

const FOLDER = 'tests/e2e/shots/pages';
const DOCS_FOLDER = 'public/screenshots';
const OVERLAYS = 'overlays';
const OVERLAY_WIDTHS = [360, 1280];
/** Dialogs have risen, and hold what they asked for. */
const RISE_MS = 1000;

interface Session {
  readonly tested: TestConsole;
  readonly browser: Browser;
  readonly folder: string;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      docs: { type: 'boolean', default: false },
      state: { type: 'string', multiple: true, default: [] },
    },
  });
  const wants = (name: string) =>
    !values.docs && (values.state.length === 0 || values.state.includes(name));
  const folder = path.resolve(positionals[0] ?? (values.docs ? DOCS_FOLDER : FOLDER));
  assembleGuests();
  const tested = await TestConsole.fresh();
  const browser = await launchChromium();
  try {
    const session = { tested, browser, folder };
    if (wants(EMPTY.name)) await shootEntrance(session);
    await tested.setUp();
    if (wants(EMPTY.name)) await shootState(session, EMPTY, undefined);
    const host = await furnishBusyHost(tested);
    for (const state of IN_USE) if (wants(state.name)) await shootState(session, state, host);
    if (wants(OVERLAYS)) await shootOverlays(session, host);
    if (values.docs) await shootForDocs(session, host);
    console.log(`wrote ${folder}`);
  } finally {
    await browser.close();
    await tested.remove();
  }
}

/** What there is before anybody is signed in. */
async function shootEntrance({ tested, browser, folder }: Session): Promise<void> {
  const pages = {
    'sign-in-too-early': 'sign-in',
    'first-run': tested.oneTimeLink,
    'first-run-broken-link': 'first-run',
  };
  for (const theme of THEMES) {
    const camera = await Camera.at(tested, browser, folder, { theme, stranger: true });
    for (const width of WIDTHS) {
      await camera.turn(width);
      for (const [name, route] of Object.entries(pages)) {
        await camera.open('about:blank', 0);
        await camera.open(route);
        await camera.shoot(`${EMPTY.name}-${theme}-${width}-${name}`);
      }
    }
    await camera.leave();
  }
}

async function shootState(session: Session, state: State, host?: BusyHost): Promise<void> {
  const { tested, browser, folder } = session;
  const names = host?.names ?? new Map<string, string>();
  for (const theme of state.themes) {
    const camera = await Camera.at(tested, browser, folder, { theme, ...state });
    const stranger = await Camera.at(tested, browser, folder, { theme, ...state, stranger: true });
    for (const width of state.widths) {
      const shoot = async (at: Camera, route: string): Promise<void> => {
        await at.turn(width);
        await at.open(route, state.settleMs);
        // The reference is longer than a picture may be; the list draws only what is in sight.
        const whole = route !== 'reference' && !/^machines(\?|$)/.test(route);
        await at.shoot(`${state.name}-${theme}-${width}-${nameOf(route, names)}`, whole);
      };
      for (const route of state.pages(host)) await shoot(camera, route);
      await shoot(stranger, 'sign-in');
    }
    await camera.leave();
    await stranger.leave();
  }
}

async function shootOverlays({ tested, browser, folder }: Session, host: BusyHost): Promise<void> {
  for (const theme of THEMES) {
    const camera = await Camera.at(tested, browser, folder, { theme });
    camera.page.setDefaultTimeout(10_000);
    for (const width of OVERLAY_WIDTHS) {
      await camera.turn(width);
      for (const { name, route, open, widths = OVERLAY_WIDTHS } of overlaysOf(host)) {
        if (!widths.includes(width)) continue;
        const title = `${OVERLAYS}-${theme}-${width}-${name}`;
        await camera.open(route);
        // A picture of what stands in the way says more than none.
        await open(camera.page).catch((error: unknown) => console.error(`${title}: ${error}`));
        await camera.page.waitForTimeout(RISE_MS);
        await camera.shoot(title);
      }
    }
    await camera.leave();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
