import { z } from 'zod';
import type { Body, Operation } from '@/server/api/operations/operation';
import type { OperationName } from '@/server/api/operations/operations';
import type { Problem } from '@/server/api/problem';
import { aboutMade, aboutOf, noteInAudit } from './audit';
import type { Stream } from './contract';
import { Faults } from './faults';
import { handlersOf } from './handlers';
import { MockEventSource, type StreamAnswer } from './mock-event-source';
import { invalidBySchema, notFound, Refusal } from './refusal';
import { checkRights } from './rights';
import { type Route, routeOf } from './route';
import { World } from './world';

/** What came in, for tests that look at what a page has sent. */
export interface Received {
  readonly name: OperationName;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Any handler of the table: which one it is, and so its types, is known only while it runs. */
type AnyHandler = (
  call: Readonly<Record<string, unknown>>,
  stream?: Stream,
) => { readonly status: number; readonly body: unknown };

const ORIGIN = 'http://console.test';

/**
 * The console's API in memory, for tests of pages: it keeps state, tells events, and answers in the
 * shapes of the contract, to which types and schemas hold it. Tests look at `world`, and hold back
 * or refuse what they like by `faults`.
 */
export class MockConsole {
  readonly world = new World();
  readonly faults = new Faults();
  /** Requests that were let in, oldest first. */
  readonly received: Received[] = [];
  private readonly sources = new Set<MockEventSource>();
  private readonly handlers = handlersOf(this.world) as unknown as Readonly<
    Record<OperationName, AnyHandler>
  >;

  /** What stands in the place of the browser's `fetch`. */
  readonly fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input, ORIGIN);
    const method = init.method ?? 'GET';
    init.signal?.throwIfAborted();
    const route = routeOf(method, url);
    if (this.faults.isDown) throw new TypeError('fetch failed');
    if (route === undefined) return problemOf(notFound(`resource at ${url.pathname}`).problem);
    await this.faults.passed(route.name);
    init.signal?.throwIfAborted();
    if (this.faults.isDown) throw new TypeError('fetch failed');
    return await this.answer(route, url, init);
  };

  /** What stands in the place of the browser's `EventSource`. */
  readonly EventSource = ((console: MockConsole) =>
    class extends MockEventSource {
      constructor(address: string | URL) {
        super((stream) => console.beginStream(new URL(address, ORIGIN), stream));
        console.sources.add(this);
      }
    })(this);

  /** Nothing answers any more, and streams break off. */
  goDown(): void {
    this.faults.isDown = true;
    for (const source of this.sources) source.breakOff();
  }

  /** It answers again; browsers take their streams up by themselves. */
  comeBack(): void {
    this.faults.isDown = false;
    for (const source of this.sources) source.reconnect();
  }

  /** Whether a page listens to what happens. */
  get isFollowed(): boolean {
    return [...this.sources].some(({ readyState }) => readyState === MockEventSource.OPEN);
  }

  /** What was asked by that name. */
  asked(name: OperationName): Received[] {
    return this.received.filter((request) => request.name === name);
  }

  private beginStream(url: URL, stream: Stream): StreamAnswer {
    if (this.faults.isDown) return 'unreachable';
    const route = routeOf('GET', url);
    if (route === undefined) return 'refused';
    try {
      checkRights(route.name, route.operation.needs, this.world.user);
      this.handlers[route.name](callOf(route, url), stream);
      return 'sent';
    } catch (error) {
      if (error instanceof Refusal) return 'refused';
      throw error;
    }
  }

  private async answer(route: Route, url: URL, init: RequestInit): Promise<Response> {
    const { name, operation, params } = route;
    const { world } = this;
    const user = world.user;
    const body = await bodyOf(operation, init);
    const about = aboutOf(world, route);
    try {
      const isOwnPassword = name === 'setPassword' && params['id'] === user?.id;
      if (!isOwnPassword) checkRights(name, operation.needs, user);
      const query = Object.fromEntries(url.searchParams);
      this.received.push({ name, params, query, body });
      const refusal = this.faults.refusalOf(name);
      if (refusal !== undefined) throw new Refusal(refusal);
      const call = {
        ...callOf(route, url),
        body: parsed(operation, body),
        expected: expectedOf(init),
      };
      if (operation.answers[200] === 'text/event-stream') {
        this.handlers[name](call, { send: () => {} });
        return responseOf(operation, 200, '');
      }
      const { status, body: told } = this.handlers[name](call);
      if (about !== undefined) {
        const made = aboutMade(world, about, operation.path, { status, body: told });
        noteInAudit(world, made, user);
      }
      return responseOf(operation, status, told);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (about !== undefined) noteInAudit(world, about, user, error);
      return problemOf(error.problem);
    }
  }
}

function callOf({ operation, params }: Route, url: URL) {
  const query = operation.query?.safeParse(Object.fromEntries(url.searchParams));
  if (query?.success === false) throw invalidBySchema(query.error);
  return { ...params, query: query?.data };
}

async function bodyOf({ body }: Operation, { body: sent }: RequestInit): Promise<unknown> {
  if (body === 'application/octet-stream') {
    return sent instanceof Blob ? new Uint8Array(await sent.arrayBuffer()) : sent;
  }
  return typeof sent === 'string' && sent !== '' ? JSON.parse(sent) : undefined;
}

/** @throws Refusal 422 */
function parsed({ body: shape, bodyOptional }: Operation, body: unknown): unknown {
  if (shape === undefined || typeof shape === 'string') return body;
  const result = shape.safeParse(body === undefined && bodyOptional ? {} : body);
  if (!result.success) throw invalidBySchema(result.error);
  return result.data;
}

function expectedOf({ headers }: RequestInit): number | undefined {
  const tag = new Headers(headers).get('if-match');
  return tag === null ? undefined : Number(tag.replaceAll('"', ''));
}

/** @throws ZodError when the mock itself does not keep the contract */
function responseOf(operation: Operation, status: number, body: unknown): Response {
  const shape: Body | undefined = operation.answers[status];
  if (shape === undefined) throw new Error(`${operation.path} does not answer ${status}`);
  if (shape === 'nothing') return new Response(null, { status });
  if (typeof shape === 'string') {
    return new Response(String(body), { status, headers: { 'content-type': shape } });
  }
  const told = shape.parse(body);
  const revision = z.object({ revision: z.int() }).safeParse(told);
  const tag =
    operation.versioned && revision.success ? { etag: `"${revision.data.revision}"` } : {};
  return new Response(JSON.stringify(told), {
    status,
    headers: { 'content-type': 'application/json', ...tag },
  });
}

function problemOf(problem: Problem): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json' },
  });
}
