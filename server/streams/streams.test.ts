import { afterEach, describe, expect, it, vi } from 'vitest';
import { Revocations } from '../users/revocations';
import { ConsoleTickets, TICKET_LIFE_MS } from './console-tickets';
import { EventBus } from './event-bus';
import { streamEvents } from './event-stream';
import { SseStreams } from './sse';

afterEach(() => {
  vi.useRealTimers();
});

const deleted = (id: string) => ({ type: 'vm.deleted', id }) as const;

describe('the event bus', () => {
  it('numbers events and hands out what came after a number', () => {
    const bus = new EventBus(100);
    bus.publish(deleted('a'));
    bus.publish(deleted('b'));
    expect(bus.since(100)).toEqual({ events: [{ id: 101, event: deleted('b') }], lost: false });
    expect(bus.since(101)).toEqual({ events: [], lost: false });
    expect(bus.since(undefined)).toEqual({ events: [], lost: false });
  });

  it('says when more is lost than it keeps', () => {
    const bus = new EventBus(1);
    for (let i = 0; i < 1001; i += 1) bus.publish(deleted(String(i)));
    expect(bus.since(1).lost).toBe(false);
    expect(bus.since(0).lost).toBe(true);
  });

  it('takes numbers of an earlier process for lost, and of the future too', () => {
    const bus = new EventBus(1000);
    expect(bus.since(7).lost).toBe(true);
    expect(bus.since(5000).lost).toBe(true);
    expect(bus.since(999).lost).toBe(false);
  });
});

describe('the event stream', () => {
  const parts = () => ({
    events: new EventBus(1),
    streams: new SseStreams(),
    revocations: new Revocations(),
  });
  const open = (of: ReturnType<typeof parts>, lastEventId: string | null = null, grantId = 's') => {
    const abort = new AbortController();
    const response = streamEvents(of, { who: { grantId }, lastEventId, signal: abort.signal });
    return { abort, response };
  };

  it('sends what was missed and then what comes, with ids', async () => {
    const of = parts();
    of.events.publish(deleted('a'));
    of.events.publish(deleted('b'));
    const { response } = open(of, '1');
    of.events.publish(deleted('c'));
    of.streams.closeAll('bye');
    const text = await response.text();
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(text).not.toContain('"a"');
    expect(text).toContain('id: 2\nevent: vm.deleted\ndata: {"type":"vm.deleted","id":"b"}\n\n');
    expect(text).toContain('id: 3\n');
    expect(text.endsWith(': bye\n\n')).toBe(true);
  });

  it('tells a new reader where it is, so that it misses nothing when it is cut off at once', async () => {
    const of = parts();
    of.events.publish(deleted('before'));
    const first = open(of);
    first.abort.abort();
    const place = /^id: (\d+)\n\n/m.exec(await first.response.text())?.[1] ?? null;
    of.events.publish(deleted('between'));
    const again = open(of, place);
    of.streams.closeAll('bye');
    const text = await again.response.text();
    expect(text).toContain('"between"');
    expect(text).not.toContain('"before"');
  });

  it('tells a reader that missed too much to begin again', async () => {
    const of = parts();
    const { response } = open(of, '99');
    of.streams.closeAll('bye');
    expect(await response.text()).toContain('event: missed\n');
  });

  it('ends with the session and with the reader', async () => {
    const of = parts();
    const first = open(of);
    of.revocations.tell(['another']);
    of.revocations.tell(['s']);
    expect(of.revocations.watched()).toEqual([]);
    expect(await first.response.text()).toContain(': signed out');
    const second = open(of, null, 'another session');
    expect(of.revocations.watched()).toEqual(['another session']);
    second.abort.abort();
    of.events.publish(deleted('late'));
    expect(await second.response.text()).not.toContain('late');
  });

  it('does not begin with a session that ended while the request was on its way', async () => {
    const of = parts();
    of.revocations.tell(['s']);
    const { response } = open(of);
    of.events.publish(deleted('late'));
    const text = await response.text();
    expect(text).toContain(': signed out');
    expect(text).not.toContain('late');
  });

  it('lets go of a reader that missed more than it can be sent at once', async () => {
    const of = parts();
    for (let i = 0; i < 400; i += 1) of.events.publish(deleted(String(i)));
    expect(await open(of, '1').response.text()).toContain(': reading too slowly');
  });

  it('lets go of a reader that does not read', async () => {
    const of = parts();
    const { response } = open(of);
    for (let i = 0; i < 400; i += 1) of.events.publish(deleted(String(i)));
    const text = await response.text();
    expect(text).toContain(': reading too slowly');
    expect(text).not.toContain('"399"');
  });

  it('shows proxies that it lives', async () => {
    vi.useFakeTimers();
    const of = parts();
    const { response } = open(of);
    vi.advanceTimersByTime(31_000);
    of.streams.closeAll('bye');
    expect((await response.text()).match(/^: $/gm)).toHaveLength(2);
  });
});

describe('a console ticket', () => {
  const user = { id: 'u', name: 'u', role: 'operator' } as const;
  const who = { user, via: 'session', grantId: 's' } as const;
  const grant = { who, vmId: 'v', write: true };

  it('is good once, and for a short time', () => {
    let now = 0;
    const tickets = new ConsoleTickets(() => now);
    const { ticket } = tickets.issue(grant);
    expect(tickets.redeem('guess')).toBeUndefined();
    expect(tickets.redeem(ticket)).toMatchObject(grant);
    expect(tickets.redeem(ticket)).toBeUndefined();
    const late = tickets.issue(grant);
    now = TICKET_LIFE_MS;
    expect(tickets.redeem(late.ticket)).toBeUndefined();
  });
});
