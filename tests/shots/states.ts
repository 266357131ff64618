import type { BrowserContext, Route } from 'playwright-core';
import type { Problem } from '../../server/api/problem';
import type { BusyHost } from './busy-host';
import { THEMES, type Theme, WIDTHS } from './camera';
import { addTasksUnderWay } from './tasks-under-way';

const PAGES = [
  ...['dashboard', 'machines', 'machines/new', 'images', 'tasks', 'audit', 'host', 'reference'],
  ...['settings', 'settings?section=users', 'settings?section=console', 'nowhere'],
];
const TABS = ['', 'console', 'hardware', 'metrics', 'events', 'log', 'api'];

/** The page waits a while before it says that the console is lost. */
const LOST_MS = 4500;
/** Before the first answer, and long enough for the page's own code. */
const LOADING_MS = 700;

const PROBLEM: Problem = {
  type: 'about:blank',
  title: 'Service unavailable',
  status: 503,
  code: 'database_unavailable',
  detail: 'The database does not answer.',
  hint: 'Look at the output of virtdeck on the host, and try again.',
};

/** How the console is while its pages are looked at. */
export interface State {
  readonly name: string;
  readonly themes: readonly Theme[];
  readonly widths: readonly number[];
  readonly locale?: 'zh-CN';
  readonly settleMs?: number;
  readonly prepare?: (context: BrowserContext) => Promise<unknown>;
  /** @param host undefined when there is nothing on it yet */
  readonly pages: (host: BusyHost | undefined) => readonly string[];
}

const tabsOf = (id: string) => TABS.map((tab) => `machines/${id}${tab && `?tab=${tab}`}`);

const everything = (host: BusyHost | undefined) => {
  if (host === undefined) return PAGES;
  const { linux, crashed, stopping, paused, longNamed } = host;
  return [
    ...PAGES,
    ...tabsOf(linux),
    ...[crashed, stopping, paused, longNamed].map((id) => `machines/${id}`),
    `machines/${crashed}?tab=console`,
    `machines/${linux}/console`,
    'machines?q=web&state=running',
    'machines?q=nothing-like-that',
    'machines/00000000-0000-4000-8000-000000000000',
  ];
};
const mainPages = (host: BusyHost | undefined) =>
  host === undefined ? PAGES : [...PAGES, ...tabsOf(host.linux)];

/** Every call of the API but who is signed in: without that there is no page. */
const answer = (context: BrowserContext, how: (route: Route) => Promise<void>) =>
  context.route(/\/api\/v1\/(?!session$|events)/, how);

/** Of a console that nobody has used. */
export const EMPTY: State = { name: 'empty', themes: THEMES, widths: WIDTHS, pages: everything };

/** Of one that is in use. */
export const IN_USE: readonly State[] = [
  {
    name: 'full',
    themes: THEMES,
    widths: WIDTHS,
    pages: everything,
    prepare: addTasksUnderWay,
  },
  {
    name: 'chinese',
    themes: ['light'],
    widths: [360, 1280],
    locale: 'zh-CN',
    pages: everything,
    prepare: addTasksUnderWay,
  },
  {
    name: 'failing',
    themes: THEMES,
    widths: [360, 1280],
    pages: mainPages,
    prepare: (context) =>
      answer(context, (route) =>
        route.fulfill({
          status: PROBLEM.status,
          contentType: 'application/problem+json',
          body: JSON.stringify(PROBLEM),
        }),
      ),
  },
  {
    name: 'unreachable',
    themes: ['light'],
    widths: [360, 1280],
    settleMs: LOST_MS,
    pages: mainPages,
    prepare: async (context) => {
      await answer(context, (route) => route.abort());
      await context.route(/\/api\/v1\/events/, (route) => route.abort());
    },
  },
  {
    // What is shown was there before the console went.
    name: 'lost',
    themes: THEMES,
    widths: [360, 1280],
    settleMs: LOST_MS,
    pages: (host) => ['dashboard', 'machines', ...(host ? [`machines/${host.linux}`] : [])],
    prepare: (context) => context.route(/\/api\/v1\/events/, (route) => route.abort()),
  },
  {
    name: 'loading',
    themes: THEMES,
    widths: [360, 1280],
    settleMs: LOADING_MS,
    pages: mainPages,
    // Never answered.
    prepare: (context) => answer(context, () => Promise.resolve()),
  },
];
