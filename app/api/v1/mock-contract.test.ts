import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { MockConsole } from '@/components/api/testing/mock/mock-console';
import { routeOf } from '@/components/api/testing/mock/route';
import { ApiClient } from '@/server/api/client';
import type { ConsoleConnection } from '@/server/host/agent';
import { provideServices } from '@/server/registry';
import { openTestConsole, type TestConsole } from '@/server/testing/test-console';
import { liveThroughADay } from '@/tests/support/api-scenario';

type Handler = (request: Request, context: { params: Promise<object> }) => Promise<Response>;

/** Of a guest that prints nothing. */
const SILENT: ConsoleConnection = {
  epoch: 'now',
  live: true,
  listen: (sink) => sink.offset(0),
  write: () => true,
  pause: () => {},
  resume: () => {},
  close: () => {},
};
const ORIGIN = 'http://console.test';

let test: TestConsole;
let cookie = '';

/** `fetch`, answered by the routes themselves. */
async function askRoutes(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const url = new URL(String(input));
  const { method = 'GET' } = init;
  const route = routeOf(method, url);
  if (route === undefined) throw new Error(`nobody answers ${method} ${url.pathname}`);
  const { operation, params } = route;
  const path = operation.path.slice(1).replaceAll('{', '[').replaceAll('}', ']');
  const module = (await import(
    /* @vite-ignore */ join(import.meta.dirname, path, 'route.ts')
  )) as Record<string, Handler>;
  const headers = new Headers(init.headers);
  headers.set('host', url.host);
  headers.set('cookie', cookie);
  return await (module[method] as Handler)(new Request(url, { ...init, headers }), {
    params: Promise.resolve(params),
  });
}

beforeAll(async () => {
  test = await openTestConsole();
  provideServices(test.services);
  vi.spyOn(test.agent, 'openConsole').mockResolvedValue(SILENT);
  const token = (await test.services.firstRun.issueToken()) ?? '';
  const body = JSON.stringify({ token, name: 'admin', password: 'correct horse battery' });
  const headers = { 'content-type': 'application/json' };
  const answer = await askRoutes(`${ORIGIN}/api/v1/first-run`, { method: 'POST', headers, body });
  cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
});
afterEach(() => vi.unstubAllGlobals());
afterAll(() => test.close());

it('the mock of component tests answers as the console does, word for word', async () => {
  const api = new ApiClient(ORIGIN, undefined);
  vi.stubGlobal('fetch', askRoutes);
  const real = await liveThroughADay(api);

  const mock = new MockConsole();
  mock.world.host = await api.call('getHost', {});
  vi.stubGlobal('fetch', mock.fetch);
  expect(await liveThroughADay(api)).toEqual(real);
});
