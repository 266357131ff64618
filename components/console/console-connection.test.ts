import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConsoleServerMessage } from '@/server/api/console';
import { ACK_BYTES, ACK_MS } from './acknowledger';
import { ConsoleConnection, type ConsoleScreen } from './console-connection';
import type { ConsoleSocket, Held, Refusal, SocketEvents, TicketAnswer } from './console-transport';

const REFUSAL: Refusal = { detail: 'Nobody is signed in.', hint: 'Sign in.' };

class FakeSocket implements ConsoleSocket {
  readonly sent: (string | Uint8Array)[] = [];
  closed = false;

  constructor(
    readonly ticket: string,
    readonly held: Held | undefined,
    readonly events: SocketEvents,
  ) {}

  send(data: string | Uint8Array): void {
    this.sent.push(data);
  }
  close(): void {
    this.closed = true;
  }
  message(message: ConsoleServerMessage): void {
    this.events.text(JSON.stringify(message));
  }
  bytes(text: string): void {
    this.events.bytes(new TextEncoder().encode(text));
  }
  lose(): void {
    this.events.closed();
  }
  get acks(): unknown[] {
    return this.sent.filter((data) => typeof data === 'string').map((data) => JSON.parse(data));
  }
}

/** A screen that shows bytes only when it is told to, as xterm does between frames. */
class FakeScreen implements ConsoleScreen {
  readonly log: string[] = [];
  private readonly waiting: (() => void)[] = [];
  private readonly decoder = new TextDecoder();

  write(bytes: Uint8Array, shown: () => void): void {
    this.log.push(this.decoder.decode(bytes, { stream: true }));
    this.waiting.push(shown);
  }
  clear(): void {
    this.log.push('<clear>');
  }
  gap(bytes: number, shown: () => void): void {
    this.log.push(`<gap ${bytes}>`);
    this.waiting.push(shown);
  }
  show(): void {
    for (const shown of this.waiting.splice(0)) shown();
  }
}

let sockets: FakeSocket[];
let screen: FakeScreen;
let answer: () => Promise<TicketAnswer>;
let connection: ConsoleConnection;

const settle = () => vi.advanceTimersByTimeAsync(0);
const last = () => sockets.at(-1) ?? expect.fail('no socket was opened');

async function connected(epoch = 'a', offset = 0): Promise<FakeSocket> {
  connection.connect();
  await settle();
  const socket = last();
  socket.events.opened();
  socket.message({ type: 'offset', epoch, offset });
  return socket;
}

async function reconnected(): Promise<FakeSocket> {
  const before = sockets.length;
  await vi.advanceTimersByTimeAsync(6_000);
  expect(sockets.length).toBe(before + 1);
  last().events.opened();
  return last();
}

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  screen = new FakeScreen();
  answer = async () => ({ ticket: `t${sockets.length}` });
  connection = new ConsoleConnection(
    {
      requestTicket: () => answer(),
      openSocket: (ticket, held, events) => {
        const socket = new FakeSocket(ticket, held, events);
        sockets.push(socket);
        return socket;
      },
    },
    screen,
  );
});

afterEach(() => {
  connection.close();
  vi.useRealTimers();
});

describe('a connection that may be dead', () => {
  it('is given up for another that goes on where it was, and keeps control', async () => {
    const dead = await connected();
    dead.bytes('abc');
    connection.renew();
    await settle();
    expect(dead.closed).toBe(true);
    expect(dead.acks).not.toContainEqual({ type: 'control', take: false });
    expect(last().held).toEqual({ epoch: 'a', offset: 3 });
    dead.bytes('late');
    expect(screen.log).toEqual(['abc']);
  });

  it('is not waited for when the next try is still to come', async () => {
    (await connected()).lose();
    connection.renew();
    await settle();
    expect(sockets).toHaveLength(2);
  });
});

describe('control of the keyboard', () => {
  it('is known, asked for and given back', async () => {
    const socket = await connected();
    const changes = vi.fn();
    connection.subscribe(changes);
    const viewers = [{ id: '1', name: 'ada', mayWrite: true }];
    socket.message({ type: 'people', you: '1', writer: null, viewers });
    expect(changes).toHaveBeenCalledOnce();
    expect(connection.people).toMatchObject({ you: '1', writer: null, viewers });
    connection.control(true);
    connection.control(false);
    expect(socket.acks).toEqual([
      { type: 'control', take: true },
      { type: 'control', take: false },
    ]);
    socket.lose();
    expect(connection.people).toBeUndefined();
  });
});

describe('a first connection', () => {
  it('names nothing it holds, and goes through connecting and attached to live', async () => {
    const phases: string[] = [];
    connection.subscribe(() => phases.push(connection.status.phase));
    const socket = await connected();
    expect(socket.held).toBeUndefined();
    expect(phases).toEqual(['connecting', 'attached', 'live']);
  });

  it('writes what comes, and does not clear an empty screen', async () => {
    const socket = await connected();
    socket.bytes('hello ');
    socket.bytes('world');
    expect(screen.log).toEqual(['hello ', 'world']);
  });

  it('is made once, however often it is asked for', async () => {
    connection.connect();
    connection.connect();
    await settle();
    connection.connect();
    await settle();
    expect(sockets).toHaveLength(1);
  });

  it('ignores text that is no message of the contract', async () => {
    const socket = await connected();
    socket.events.text('not json');
    socket.events.text('{"type":"unknown"}');
    expect(connection.status.phase).toBe('live');
  });
});

describe('acknowledgement', () => {
  it('waits until the screen shows the bytes', async () => {
    const socket = await connected();
    socket.bytes('hello');
    await vi.advanceTimersByTimeAsync(ACK_MS * 5);
    expect(socket.acks).toEqual([]);
    screen.show();
    await vi.advanceTimersByTimeAsync(ACK_MS);
    expect(socket.acks).toEqual([{ type: 'ack', offset: 5 }]);
  });

  it('comes at once when much was shown', async () => {
    const socket = await connected();
    socket.bytes('x'.repeat(ACK_BYTES));
    screen.show();
    expect(socket.acks).toEqual([{ type: 'ack', offset: ACK_BYTES }]);
  });

  it('gathers small pieces into one', async () => {
    const socket = await connected('a', 100);
    for (let i = 0; i < 10; i++) {
      socket.bytes('x');
      screen.show();
    }
    await vi.advanceTimersByTimeAsync(ACK_MS * 3);
    expect(socket.acks).toEqual([{ type: 'ack', offset: 110 }]);
  });

  it('does not count what an earlier run printed', async () => {
    const socket = await connected('a');
    socket.bytes('x'.repeat(1000));
    socket.message({ type: 'offset', epoch: 'b', offset: 0 });
    screen.show();
    await vi.advanceTimersByTimeAsync(ACK_MS * 2);
    expect(socket.acks).toEqual([]);
  });
});

describe('a lost connection', () => {
  it('comes back and names what it holds, shown or not', async () => {
    const socket = await connected('a');
    socket.bytes('hello');
    socket.lose();
    expect(connection.status.phase).toBe('retrying');
    const again = await reconnected();
    expect(again.held).toEqual({ epoch: 'a', offset: 5 });
    again.message({ type: 'offset', epoch: 'a', offset: 5 });
    again.bytes(' again');
    expect(screen.log).toEqual(['hello', ' again']);
  });

  it('takes a fresh ticket each time', async () => {
    const socket = await connected();
    socket.lose();
    expect((await reconnected()).ticket).not.toBe(socket.ticket);
  });

  it('clears the screen for another run', async () => {
    const socket = await connected('a');
    socket.bytes('old');
    socket.lose();
    const again = await reconnected();
    again.message({ type: 'offset', epoch: 'b', offset: 0 });
    again.bytes('new');
    expect(screen.log).toEqual(['old', '<clear>', 'new']);
  });

  it('prints nothing twice when the server begins too early', async () => {
    const socket = await connected('a');
    socket.bytes('abcdef');
    socket.lose();
    const again = await reconnected();
    again.message({ type: 'offset', epoch: 'a', offset: 2 });
    again.bytes('cd');
    again.bytes('efgh');
    expect(screen.log).toEqual(['abcdef', 'gh']);
  });

  it('shows what is missing when the server begins too late', async () => {
    const socket = await connected('a');
    socket.bytes('abc');
    socket.lose();
    const again = await reconnected();
    again.message({ type: 'offset', epoch: 'a', offset: 10 });
    expect(screen.log).toEqual(['abc', '<gap 7>']);
  });

  it('waits longer after each failure, and not at all when asked', async () => {
    answer = () => Promise.reject(new Error('unreachable'));
    const waits: number[] = [];
    connection.subscribe(() => {
      const { status } = connection;
      if (status.phase === 'retrying') waits.push(status.retryAt - Date.now());
    });
    connection.connect();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(waits[0]).toBeLessThanOrEqual(250);
    expect(Math.max(...waits)).toBeGreaterThan(3_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(5_000);
    answer = async () => ({ ticket: 'now' });
    connection.connect();
    await settle();
    expect(last().ticket).toBe('now');
  });

  it('takes the screen to hold a character that was cut between two connections', async () => {
    const euro = new TextEncoder().encode('€');
    const socket = await connected('a');
    socket.events.bytes(euro.slice(0, 1));
    socket.lose();
    const again = await reconnected();
    again.message({ type: 'offset', epoch: 'a', offset: 1 });
    again.events.bytes(euro.slice(1));
    expect(screen.log.join('')).toBe('€');
  });
});

describe('output that was skipped', () => {
  it('leaves a notice, and is acknowledged in its turn', async () => {
    const socket = await connected('a');
    socket.bytes('abc');
    socket.message({ type: 'skipped', bytes: 97, offset: 100 });
    socket.bytes('def');
    expect(screen.log).toEqual(['abc', '<gap 97>', 'def']);
    screen.show();
    await vi.advanceTimersByTimeAsync(ACK_MS);
    expect(socket.acks).toEqual([{ type: 'ack', offset: 103 }]);
  });
});

describe('the end of a run', () => {
  it('stays, and connects again only when asked, with what it holds', async () => {
    const socket = await connected('a');
    socket.bytes('bye');
    socket.message({ type: 'ended', state: 'crashed' });
    socket.lose();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
    expect(connection.status).toEqual({ phase: 'ended', state: 'crashed' });
    connection.connect();
    await settle();
    expect(last().held).toEqual({ epoch: 'a', offset: 3 });
  });
});

describe('a refusal', () => {
  it('is told and not tried again', async () => {
    answer = async () => ({ refused: REFUSAL });
    connection.connect();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(0);
    expect(connection.status).toEqual({ phase: 'refused', refusal: REFUSAL });
  });
});

describe('input', () => {
  it('is cut into frames the server takes', async () => {
    const socket = await connected();
    const bytes = new Uint8Array(100_000).map((_, i) => i % 251);
    expect(connection.input(bytes)).toBe(true);
    const frames = socket.sent.filter((data) => typeof data !== 'string');
    expect(Math.max(...frames.map((frame) => frame.length))).toBeLessThanOrEqual(32 * 1024);
    expect(Buffer.concat(frames)).toEqual(Buffer.from(bytes));
  });

  it('goes nowhere when nobody is there', async () => {
    expect(connection.input(new Uint8Array(1))).toBe(false);
    const socket = await connected();
    socket.message({ type: 'ended', state: 'stopped' });
    expect(connection.input(new Uint8Array(1))).toBe(false);
  });
});

describe('closing', () => {
  it('closes the socket and hears nothing more', async () => {
    const socket = await connected();
    connection.close();
    expect(socket.closed).toBe(true);
    socket.bytes('late');
    socket.lose();
    expect(screen.log).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
  });

  it('gives up a ticket that is on its way', async () => {
    connection.connect();
    connection.close();
    await settle();
    expect(sockets).toHaveLength(0);
  });
});
