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
const FIGURES_MS = 15_000;
const TERMINAL_MS = 5000;
const SIZE = { width: 1280, height: 800 } as const;

interface Picture {
  readonly name: string;
  readonly theme: Theme;
  readonly route: string;
  readonly watchMs: number;
}

const picturesOf = ({ linux }: BusyHost): readonly Picture[] => [
  { name: 'machine', theme: 'dark', route: `machines/${linux}`, watchMs: CHART_MS },
  { name: 'console', theme: 'dark', route: `machines/${linux}?tab=console`, watchMs: TERMINAL_MS },
  { name: 'machines', theme: 'light', route: 'machines?state=running', watchMs: FIGURES_MS },
  { name: 'dashboard', theme: 'light', route: 'dashboard', watchMs: FIGURES_MS },
];

/** The few that the README shows, on an ordinary day: nothing has crashed. */
export async function shootForDocs(session: Session, host: BusyHost): Promise<void> {
  const { tested, browser, folder } = session;
  await tested.request('DELETE', `/vms/${host.crashed}`);
  for (const { name, theme, route, watchMs } of picturesOf(host)) {
    const camera = await Camera.at(tested, browser, folder, { theme });
    await camera.turn(SIZE.width, SIZE.height);
    await camera.open(route);
    // A page draws from when it was opened on.
    await sleep(watchMs);
    await camera.shoot(name);
    await camera.leave();
  }
}
