import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventSchema } from '@/server/api/events';
import { EventConnection, type EventSourceLike } from './event-connection';

const CONNECTING = 0;
const CLOSED = 2;

class FakeSource extends EventTarget implements EventSourceLike {
  readyState = CONNECTING;
  closed = false;
  close() {
    this.closed = true;
  }
  open() {
    this.dispatchEvent(new Event('open'));
  }
  fail(readyState: number) {
    this.readyState = readyState;
    this.dispatchEvent(new Event('error'));
  }
  say(type: string, data: string) {
    this.dispatchEvent(new MessageEvent(type, { data }));
  }
}

function connect() {
  const sources: FakeSource[] = [];
  const handlers = { onEvent: vi.fn(), onFresh: vi.fn(), onRefused: vi.fn() };
  const connection = new EventConnection({
    connect: () => {
      const source = new FakeSource();
      sources.push(source);
      return source;
    },
    ...handlers,
  });
  const last = () => {
    const source = sources.at(-1);
    if (source === undefined) throw new Error('no source was opened');
    return source;
  };
  connection.start();
  return { connection, sources, last, ...handlers };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('EventConnection', () => {
  it('listens to every type of event the contract has', () => {
    const { last, onEvent } = connect();
    const types = eventSchema.options.map((option) => option.shape.type.value);
    for (const type of types) last().say(type, JSON.stringify({ type }));
    expect(onEvent.mock.calls).toEqual(types.map((type) => [{ type }]));
  });

  it('hands on what it knows and nothing else', () => {
    const { last, onEvent } = connect();
    last().say('missed', '{"type":"missed"}');
    last().say('vm.deleted', '{"type":"vm.deleted","id":"a"}');
    last().say('of.tomorrow', '{"type":"of.tomorrow"}');
    expect(onEvent.mock.calls).toEqual([[{ type: 'missed' }], [{ type: 'vm.deleted', id: 'a' }]]);
  });

  it('leaves a break to the browser, which resumes where it was', () => {
    const { connection, sources, last, onFresh } = connect();
    last().open();
    last().fail(CONNECTING);
    expect(connection.state()).toBe('lost');
    last().open();
    expect(connection.state()).toBe('open');
    expect(sources).toHaveLength(1);
    expect(onFresh).toHaveBeenCalledTimes(1);
  });

  it('tries again by itself, ever later, when the browser gives up', () => {
    const { sources, last, onRefused, onFresh } = connect();
    last().fail(CLOSED);
    expect(onRefused).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1_000);
    expect(sources).toHaveLength(2);
    last().fail(CLOSED);
    vi.advanceTimersByTime(1_999);
    expect(sources).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(sources).toHaveLength(3);
    last().open();
    expect(onFresh).toHaveBeenCalledTimes(1);
  });

  it('tries at once when asked', () => {
    const { connection, sources, last } = connect();
    last().fail(CLOSED);
    connection.retryNow();
    expect(sources).toHaveLength(2);
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(2);
  });

  it('closes when nobody looks, says no loss, and begins anew', () => {
    const { connection, sources, last, onFresh } = connect();
    const onState = vi.fn();
    last().open();
    connection.subscribe(onState);
    connection.stop();
    expect(last().closed).toBe(true);
    expect(connection.state()).toBe('connecting');
    expect(onState).toHaveBeenCalledTimes(1);
    connection.start();
    connection.start();
    expect(sources).toHaveLength(2);
    last().open();
    expect(onFresh).toHaveBeenCalledTimes(2);
  });
});
