import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { turns } from '../testing/hostile-chains';
import { HostProgram } from './testing/host-program';
import { VsockBench } from './testing/vsock-bench';
import { until, type VsockGuest } from './testing/vsock-guest';

const KiB = 1024;
const [REQUEST, RST, SHUTDOWN, RW] = [1, 3, 4, 5] as const;
const [RECEIVE, SEND, BOTH] = [1, 2, 3] as const;

let bench: VsockBench;
let guest: VsockGuest;
beforeEach(async () => {
  bench = await VsockBench.open();
  guest = bench.guest;
});
afterEach(async () => {
  vi.useRealTimers();
  await bench.close();
});

describe('time that runs out', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    guest.start();
  });

  it('hangs up on a program that does not say where to', async () => {
    const program = HostProgram.connect(bench.path);
    program.socket.write('CONN');
    await until(() => vi.getTimerCount() > 0);
    vi.advanceTimersByTime(5000);
    await program.hungUp();
  });

  it('takes an offer back that the guest does not answer', async () => {
    const program = HostProgram.connect(bench.path);
    program.socket.write('CONNECT 52\n');
    expect((await guest.next()).op).toBe(REQUEST);
    vi.advanceTimersByTime(10_000);
    expect(await guest.next()).toMatchObject({ op: RST, dstPort: 52 });
    await program.hungUp();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends a connection whose end the guest does not confirm', async () => {
    const program = await bench.connected();
    guest.send({ op: SHUTDOWN, flags: SEND });
    program.socket.end();
    expect(await guest.next()).toMatchObject({ op: SHUTDOWN, flags: SEND });
    expect(await guest.next()).toMatchObject({ op: SHUTDOWN, flags: BOTH });
    vi.advanceTimersByTime(10_000);
    expect((await guest.next()).op).toBe(RST);
    expect(guest.count('connections')).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the end of a connection', () => {
  let program: HostProgram;
  beforeEach(async () => {
    guest.start();
    program = await bench.connected();
  });

  it('may be half of one: a program that has written all can still read', async () => {
    program.socket.end('last words');
    expect((await guest.next()).data.toString()).toBe('last words');
    expect(await guest.next()).toMatchObject({ op: SHUTDOWN, flags: SEND });
    guest.send({ op: RW, data: Buffer.from('answer') });
    await program.expect('answer');
    expect(program.hasEnded).toBe(false);
    guest.send({ op: SHUTDOWN, flags: SEND });
    await until(() => program.hasEnded);
    expect(await guest.next()).toMatchObject({ op: SHUTDOWN, flags: BOTH });
    guest.send({ op: RST });
    expect(guest.count('connections')).toBe(0);
    await guest.silence();
  });

  it('may be the other half: a guest that has written all can still read', async () => {
    guest.put({ op: RW, data: Buffer.from('question') });
    guest.send({ op: SHUTDOWN, flags: SEND });
    await until(() => program.hasEnded);
    await program.expect('question');
    program.socket.write('answer');
    expect((await guest.next()).data.toString()).toBe('answer');
    program.socket.end();
    expect(await guest.next()).toMatchObject({ op: SHUTDOWN });
  });

  it('is confirmed by a reset when the guest is through, and not before all is written', async () => {
    const data = Buffer.alloc(64 * KiB, 'a');
    program.socket.pause();
    for (let i = 0; i < 4; i++) guest.put({ op: RW, data });
    guest.send({ op: SHUTDOWN, flags: BOTH });
    await turns(20);
    expect(guest.take().map(({ op }) => op)).not.toContain(RST);
    program.socket.resume();
    await until(() => guest.take().some(({ op }) => op === RST));
    await program.hungUp();
    expect(program.received).toHaveLength(256 * KiB);
    expect(guest.count('connections')).toBe(0);
  });

  it('may come in two steps', async () => {
    guest.send({ op: SHUTDOWN, flags: RECEIVE });
    await guest.silence();
    guest.send({ op: SHUTDOWN, flags: SEND });
    expect((await guest.next()).op).toBe(RST);
  });

  it('leaves no program waiting that writes for nobody', async () => {
    guest.send({ op: SHUTDOWN, flags: RECEIVE });
    program.socket.write(Buffer.alloc(4 * 1024 * KiB));
    await until(() => program.socket.writableLength === 0);
    await guest.silence();
    expect(guest.count('rxBytes')).toBe(0);
  });

  it('holds: who has ended sends no more', async () => {
    guest.send({ op: SHUTDOWN, flags: SEND });
    guest.send({ op: RW, data: Buffer.from('and another thing') });
    expect((await guest.next()).op).toBe(RST);
    await program.hungUp();
    expect(program.received).toHaveLength(0);
  });

  it('is a reset when the program is gone and the guest writes on', async () => {
    program.socket.destroy();
    expect(await guest.next()).toMatchObject({ op: SHUTDOWN, flags: SEND });
    guest.send({ op: RW, data: Buffer.from('hello?') });
    await until(() => guest.take().some(({ op }) => op === RST));
    expect(guest.count('connections')).toBe(0);
  });
});
