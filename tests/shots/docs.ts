import type { Browser } from 'playwright-core';
import { sleep, type TestConsole } from '../support/console';
import type { BusyHost } from './busy-host';
import { Camera, type Theme } from './camera';

interface Session {
  readonly tested: TestConsole;
  readonly browser: Browser;
  readonly folder: string;
}

/** The charts of a machine show so much, and are to be full. */
const CHART_MS = 120_000;
const SIZE = { width: 1280, height: 800 } as const;

interface Picture {
  readonly name: string;
  readonly theme: Theme;
  readonly route: (host: BusyHost) => string;
}

const PICTURES: readonly Picture[] = [
  { name: 'dashboard', theme: 'light', route: () => 'dashboard' },
  { name: 'machines', theme: 'light', route: () => 'machines?state=running,paused,crashed' },
  { name: 'machine', theme: 'dark', route: ({ linux }) => `machines/${linux}` },
  { name: 'console', theme: 'dark', route: ({ linux }) => `machines/${linux}?tab=console` },
];

/** The few that the README shows. */
export async function shootForDocs(session: Session, host: BusyHost): Promise<void> {
  const { tested, browser, folder } = session;
  const opened: { camera: Camera; name: string }[] = [];
  for (const { name, theme, route } of PICTURES) {
    const camera = await Camera.at(tested, browser, folder, { theme });
    await camera.turn(SIZE.width, SIZE.height);
    await camera.open(route(host));
    opened.push({ camera, name });
  }
  // A page draws from when it was opened on.
  await sleep(CHART_MS);
  for (const { camera, name } of opened) {
    await camera.page.bringToFront();
    await sleep(1500);
    await camera.shoot(name);
    await camera.leave();
  }
}
