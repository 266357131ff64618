import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type Browser, type CDPSession, chromium, type Page, type Response } from 'playwright-core';
import type { Bench, BenchContext, BenchResult, BenchRow } from './support/bench';
import { type BenchConsole, createPayloadVm, startBenchConsole } from './support/bench-console';
import { median, round, spread } from './support/stats';

const CHROMIUM = '/usr/bin/chromium';
const MACHINES = 200;
const RUNNING = 8;
const MEMORY_MIB = 32;
const ROUNDS = 5;
/** What a page asks for by itself has come by then. */
const SETTLE_MS = 2000;
const STEADY_MS = 20_000;
const LOOK_MS = 100;
const LONG_TASK_MS = 100;
const AIM = { firstLoadKiB: 220, interactiveMs: 1000, chartsPercent: 10 } as const;
const KIB = 1024;
const CONSOLE_TAB = 'machine, console';

/** Every page but those of one machine, whose address the run makes. */
const PAGES = [
  ...['sign-in', 'dashboard', 'machines', 'machines/new', 'images', 'tasks', 'audit', 'host'],
  ...['settings', 'reference'],
];

/** Notes in the page when the list's rows stand and the page answers again. */
const WATCH_ROWS = `(() => {
  const seen = { rows: 0, longest: 0, longTasks: [] };
  window.__bench = seen;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.longTasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });
  const look = () => {
    if (document.querySelectorAll('tbody tr[data-index]').length < 10) {
      requestAnimationFrame(look);
      return;
    }
    // The page answers when what it still had to do is done.
    setTimeout(() => { seen.rows = performance.now(); });
  };
  requestAnimationFrame(look);
})()`;

interface Seen {
  readonly rows: number;
  readonly longTasks: readonly number[];
}

async function run(context: BenchContext): Promise<BenchResult> {
  const bench = await startBenchConsole(context.cleanup, ['halt']);
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  });
  try {
    context.progress(`${MACHINES} machines`);
    const ids: string[] = [];
    for (let at = 0; at < MACHINES; at += 1) {
      ids.push(await createPayloadVm(bench, 'halt', `machine-${at + 1}`, MEMORY_MIB));
    }
    for (const id of ids.slice(0, RUNNING)) {
      await bench.api.call('startVm', { id });
      await bench.console.untilState(id, 'running');
    }
    const [first = ''] = ids;
    context.progress('first loads');
    const loads = await firstLoads(browser, bench, first);
    const interactive: number[] = [];
    for (let i = 1; i <= ROUNDS; i += 1) {
      context.progress(`list, round ${i} of ${ROUNDS}`);
      interactive.push(await listInteractive(browser, bench));
    }
    context.progress('list, at rest');
    const list = await atRest(browser, bench, 'machines');
    context.progress('charts, at rest');
    const charts = await atRest(browser, bench, `machines/${first}`);
    return asResult(loads, interactive, list, charts);
  } finally {
    await browser.close();
    await bench.console.remove();
  }
}

interface AtRest {
  readonly rendererPercent: number;
  readonly drawingPercent: number;
  readonly longTasks: number;
}

function asResult(
  loads: ReadonlyMap<string, Load>,
  interactive: readonly number[],
  list: AtRest,
  charts: AtRest,
): BenchResult {
  const pages = [...loads].filter(([page]) => page !== CONSOLE_TAB).map(([, load]) => load);
  const keys = {
    maxFirstLoadKiB: round(Math.max(...pages.map(({ firstKiB }) => firstKiB))),
    maxFetchedKiB: round(Math.max(...pages.map(({ allKiB }) => allKiB))),
    consoleFetchedKiB: round(loads.get(CONSOLE_TAB)?.allKiB ?? 0),
    listInteractiveMs: round(median(interactive)),
    chartsCpuPercent: round(charts.rendererPercent),
    chartsDrawingPercent: round(charts.drawingPercent),
    listCpuPercent: round(list.rendererPercent),
    longTasks: list.longTasks + charts.longTasks,
  };
  const verdict = (value: number, most: number) => (value <= most ? 'met' : 'missed');
  const rows: BenchRow[] = [
    ...[...loads].map(([page, { firstKiB, allKiB }]) => ({
      what: `First-load JavaScript of ${page}; all until it rests`,
      value: `${firstKiB.toFixed(0)} KiB; ${allKiB.toFixed(0)} KiB`,
    })),
    {
      what: 'The most first-load JavaScript, but for the console',
      value: `${keys.maxFirstLoadKiB.toFixed(0)} KiB`,
      limit: `at most ${AIM.firstLoadKiB} KiB: ${verdict(keys.maxFirstLoadKiB, AIM.firstLoadKiB)}`,
    },
    {
      what: `List of ${MACHINES} machines, from the request to rows that answer`,
      value: `${keys.listInteractiveMs.toFixed(0)} ms`,
      limit: `at most ${AIM.interactiveMs} ms: ${verdict(keys.listInteractiveMs, AIM.interactiveMs)}`,
    },
    {
      what: 'The live charts of a machine, the page’s own process',
      value: `${keys.chartsCpuPercent.toFixed(1)} % of a core`,
      limit: `at most ${AIM.chartsPercent} %: ${verdict(keys.chartsCpuPercent, AIM.chartsPercent)}`,
    },
    {
      what: 'The same, the process that draws (in software here)',
      value: `${keys.chartsDrawingPercent.toFixed(1)} % of a core`,
    },
    {
      what: `List of ${MACHINES} machines at rest, the page’s own process`,
      value: `${keys.listCpuPercent.toFixed(1)} % of a core`,
    },
    {
      what: `Tasks longer than ${LONG_TASK_MS} ms at rest`,
      value: String(keys.longTasks),
      limit: `none: ${verdict(keys.longTasks, 0)}`,
    },
  ];
  return { rows, keys, runs: ROUNDS, spread: spread([...interactive]) };
}

/** A browser that knows nothing of the console but who is signed in, if anybody is. */
async function freshPage(
  browser: Browser,
  { console: served }: BenchConsole,
  isSignedIn = true,
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const [name = '', value = ''] = served.sessionCookie.split('=');
  if (isSignedIn) await context.addCookies([{ name, value, url: served.address }]);
  return context.newPage();
}

interface Load {
  /** What the document itself asks for: without it the page is not alive. */
  readonly firstKiB: number;
  /** Everything that was fetched before the page came to rest. */
  readonly allKiB: number;
}

/** JavaScript that a browser fetches for each page, in gzip. */
async function firstLoads(
  browser: Browser,
  bench: BenchConsole,
  id: string,
): Promise<Map<string, Load>> {
  const routes: [string, string][] = [
    ...PAGES.map((page): [string, string] => [`/${page}`, page]),
    ['machine, overview', `machines/${id}`],
    [CONSOLE_TAB, `machines/${id}?tab=console`],
  ];
  const loads = new Map<string, Load>();
  for (const [name, route] of routes) {
    const page = await freshPage(browser, bench, route !== 'sign-in');
    const scripts: Promise<{ path: string; bytes: number }>[] = [];
    page.on('response', (response) => {
      if (response.request().resourceType() === 'script') scripts.push(sizeOf(response));
    });
    const document = await page.goto(`${bench.console.address}/${route}`);
    await sleep(SETTLE_MS);
    const asked = scriptsIn((await document?.text()) ?? '');
    const fetched = await Promise.all(scripts);
    const kib = (some: typeof fetched) => some.reduce((sum, { bytes }) => sum + bytes, 0) / KIB;
    loads.set(name, {
      firstKiB: kib(fetched.filter(({ path }) => asked.has(path))),
      allKiB: kib(fetched),
    });
    await page.context().close();
  }
  return loads;
}

async function sizeOf(response: Response): Promise<{ path: string; bytes: number }> {
  const { pathname } = new URL(response.url());
  return { path: pathname, bytes: gzipSync(await response.body()).length };
}

function scriptsIn(html: string): ReadonlySet<string> {
  return new Set([...html.matchAll(/<script[^>]* src="([^"?]+)/g)].map(([, src = '']) => src));
}

/** From the request until rows stand and the page's thread is free for the person. */
async function listInteractive(browser: Browser, bench: BenchConsole): Promise<number> {
  const page = await freshPage(browser, bench);
  await page.addInitScript(WATCH_ROWS);
  await page.goto(`${bench.console.address}/machines`);
  const rows = await untilRows(page);
  // It does answer: a menu opens.
  await page.getByRole('button', { name: 'More actions for machine-1', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Open console' }).waitFor();
  await page.context().close();
  return rows;
}

/** @returns when they stood, in milliseconds since the request */
async function untilRows(page: Page): Promise<number> {
  for (;;) {
    const { rows } = await page.evaluate<Seen>('window.__bench');
    if (rows > 0) return rows;
    await sleep(LOOK_MS);
  }
}

/** What a page costs that nobody touches, while its machines run. */
async function atRest(browser: Browser, bench: BenchConsole, route: string): Promise<AtRest> {
  const page = await freshPage(browser, bench);
  await page.addInitScript(WATCH_ROWS);
  await page.goto(`${bench.console.address}/${route}`);
  await sleep(SETTLE_MS);
  const session = await browser.newBrowserCDPSession();
  await page.evaluate('window.__bench.longTasks.length = 0');
  const before = await cpuSeconds(session);
  await sleep(STEADY_MS);
  const after = await cpuSeconds(session);
  const { longTasks } = await page.evaluate<Seen>('window.__bench');
  await page.context().close();
  const percent = (type: string) =>
    (((after.get(type) ?? 0) - (before.get(type) ?? 0)) / (STEADY_MS / 1000)) * 100;
  return {
    rendererPercent: percent('renderer'),
    drawingPercent: percent('GPU'),
    longTasks: longTasks.filter((duration) => duration > LONG_TASK_MS).length,
  };
}

async function cpuSeconds(session: CDPSession): Promise<Map<string, number>> {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const seconds = new Map<string, number>();
  for (const { type, cpuTime } of processInfo) {
    seconds.set(type, (seconds.get(type) ?? 0) + cpuTime);
  }
  return seconds;
}

export const web: Bench = {
  title: 'Web: the pages in a browser',
  method: [
    'The production build in Chromium without a graphics card, each page in a fresh profile: the JavaScript its document asks for, and all that it fetches within two seconds, in gzip; the list of 200 machines, of which 8 run, from the request until its rows stand and the page’s thread is free; and the processor time of the page’s process over 20 seconds in which nobody touches it.',
  ],
  run,
};
