import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hostileChains, offerHostile, turns } from '../testing/hostile-chains';
import { HostProgram, HostService } from './testing/host-program';
import { GUEST_CID, headerOf, type Packet, until, VsockGuest } from './testing/vsock-guest';

const KiB = 1024;
const BUF_ALLOC = 256 * KiB;
const [REQUEST, RESPONSE, RST, SHUTDOWN, RW, CREDIT_UPDATE, CREDIT_REQUEST] = [
  1, 2, 3, 4, 5, 6, 7,
] as const;
const [RECEIVE, SEND, BOTH] = [1, 2, 3] as const;
const PORT = 80;

let directory: string;
let socketPath: string;
let guest: VsockGuest;
let service: HostService;

beforeEach(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'vsock-'));
  socketPath = path.join(directory, 'v');
  service = await HostService.listen(`${socketPath}_${PORT}`);
  guest = new VsockGuest({ path: socketPath });
});
afterEach(async () => {
  vi.useRealTimers();
  await guest.release();
  await service.close();
  fs.rmSync(directory, { recursive: true });
});

const count = (name: string): number | undefined => guest.device.counters()[name];
/** What no bell and no socket brings any more. */
const silence = async (): Promise<void> => {
  await turns(20);
  expect(guest.take()).toEqual([]);
};

/** The guest connects to a program of the host. */
async function connected(fields: Partial<Packet> = {}): Promise<HostProgram> {
  const before = service.programs.length;
  guest.send({ op: REQUEST, ...fields });
  expect((await guest.next()).op).toBe(RESPONSE);
  return service.program(before + 1);
}

it('tells the guest its address', () => {
  expect(Buffer.from(guest.device.config).readBigUInt64LE()).toBe(BigInt(GUEST_CID));
});

describe('a guest that connects to the host', () => {
  beforeEach(() => void guest.start());

  it('gets to who listens at the port', async () => {
    guest.send({ op: REQUEST, srcPort: 1234 });
    expect(await guest.next()).toMatchObject({
      op: RESPONSE,
      srcCid: 2,
      srcPort: PORT,
      dstCid: GUEST_CID,
      dstPort: 1234,
      type: 1,
      length: 0,
      bufAlloc: BUF_ALLOC,
      fwdCnt: 0,
    });
    const program = await service.program();
    guest.send({ op: RW, srcPort: 1234, data: Buffer.from('question') });
    await program.expect('question');
    program.socket.write('answer');
    const answer = await guest.next();
    expect(answer).toMatchObject({ op: RW, dstPort: 1234, length: 6, fwdCnt: 8 });
    expect(answer.data.toString()).toBe('answer');
    expect(count('connections')).toBe(1);
  });

  it('is reset where nobody listens', async () => {
    guest.send({ op: REQUEST, dstPort: 81 });
    expect(await guest.next()).toMatchObject({ op: RST, srcPort: 81, dstPort: 1000, type: 1 });
    expect(count('connections')).toBe(0);
  });

  it('has connections that know nothing of each other', async () => {
    const first = await connected({ srcPort: 1 });
    const second = await connected({ srcPort: 2 });
    guest.send({ op: RW, srcPort: 2, data: Buffer.from('two') });
    guest.send({ op: RW, srcPort: 1, data: Buffer.from('one') });
    await first.expect('one');
    await second.expect('two');
    second.socket.write('2');
    expect(await guest.next()).toMatchObject({ op: RW, dstPort: 2 });
    guest.send({ op: RST, srcPort: 1 });
    await first.hungUp();
    expect(second.isClosed).toBe(false);
  });

  it.each([
    ['another host', { dstCid: 3 }, { srcCid: 3, type: 1 }],
    ['a socket of another type', { type: 2 }, { srcCid: 2, type: 2 }],
  ])('is reset when it looks for %s', async (_what, fields, answer) => {
    guest.send({ op: REQUEST, ...fields });
    expect(await guest.next()).toMatchObject({ op: RST, ...answer });
    expect(service.programs).toHaveLength(0);
  });

  it.each([RESPONSE, SHUTDOWN, RW, CREDIT_UPDATE, CREDIT_REQUEST, 0, 77])(
    'is reset for operation %i of a connection that is none',
    async (op) => {
      guest.send({ op, srcPort: 7 });
      expect(await guest.next()).toMatchObject({ op: RST, srcPort: PORT, dstPort: 7 });
    },
  );

  it('gets no reset for a reset, and no answer in the name of another', async () => {
    guest.send({ op: RST });
    guest.send({ op: REQUEST, srcCid: GUEST_CID + 1 });
    guest.send({ op: REQUEST, srcCid: 2 ** 32 + GUEST_CID });
    await silence();
    expect(count('dropped')).toBe(2);
    expect(service.programs).toHaveLength(0);
  });

  it.each([REQUEST, RESPONSE, 0, 8])('ends its connection with operation %i', async (op) => {
    const program = await connected();
    guest.send({ op });
    expect((await guest.next()).op).toBe(RST);
    await program.hungUp();
    expect(count('violations')).toBe(1);
    expect(count('connections')).toBe(0);
  });

  it('ends a connection that it uses before it is there', async () => {
    guest.put({ op: REQUEST });
    guest.send({ op: RW, data: Buffer.from('x') });
    expect((await guest.next()).op).toBe(RST);
    await silence();
  });
});

describe('a program of the host that connects to the guest', () => {
  let program: HostProgram;
  beforeEach(() => {
    guest.start();
    program = HostProgram.connect(socketPath);
  });
  afterEach(() => void program.socket.destroy());

  const offered = async (): Promise<Packet> => {
    program.socket.write('CONNECT 52\n');
    const request = await guest.next();
    expect(request).toMatchObject({ op: REQUEST, dstPort: 52, srcCid: 2, bufAlloc: BUF_ALLOC });
    return request;
  };
  const answer = ({ srcPort }: Packet, fields: Partial<Packet>): void =>
    guest.send({ srcPort: 52, dstPort: srcPort, ...fields });

  it('is told its port when the guest has accepted', async () => {
    const request = await offered();
    await turns();
    expect(program.received).toHaveLength(0);
    answer(request, { op: RESPONSE });
    await program.expect(`OK ${request.srcPort}\n`);
    answer(request, { op: RW, data: Buffer.from('hello') });
    await program.expect(`OK ${request.srcPort}\nhello`);
    program.socket.write('world');
    expect((await guest.next()).data.toString()).toBe('world');
  });

  it('may write on at once', async () => {
    program.socket.write('CONNECT 52\nfirst words');
    const request = await guest.next();
    await silence();
    answer(request, { op: RESPONSE });
    expect((await guest.next()).data.toString()).toBe('first words');
  });

  it('may write its line bit by bit', async () => {
    for (const part of ['CONN', 'ECT 4294', '967295\n']) {
      program.socket.write(part);
      await turns();
    }
    expect(await guest.next()).toMatchObject({ op: REQUEST, dstPort: 0xffff_ffff });
  });

  it('is hung up on when the guest refuses', async () => {
    const request = await offered();
    answer(request, { op: RST });
    await program.hungUp();
    expect(program.received).toHaveLength(0);
    await silence();
  });

  it('is hung up on when the guest does anything else', async () => {
    const request = await offered();
    answer(request, { op: RW, data: Buffer.from('x') });
    await program.hungUp();
    expect((await guest.next()).op).toBe(RST);
  });

  it('gets a port of its own', async () => {
    const first = await offered();
    const other = HostProgram.connect(socketPath);
    other.socket.write('CONNECT 52\n');
    expect((await guest.next()).srcPort).not.toBe(first.srcPort);
    other.socket.destroy();
  });

  it.each([
    ['nothing known', 'HELLO\n'],
    ['no port', 'CONNECT \n'],
    ['a port that is none', 'CONNECT 4294967296\n'],
    ['a negative port', 'CONNECT -1\n'],
    ['more than a line', `CONNECT ${'0'.repeat(30)}52\n`],
    ['no end of a line', 'x'.repeat(40)],
  ])('is hung up on when it says %s', async (_what, line) => {
    program.socket.write(line);
    await program.hungUp();
    await silence();
  });

  it('is hung up on when it goes before it has said where to', async () => {
    program.socket.end('CONN');
    await program.hungUp();
  });

  it('that is gone when the guest accepts leaves a connection that ends', async () => {
    const request = await offered();
    program.socket.destroy();
    await turns();
    answer(request, { op: RESPONSE });
    expect([RST, SHUTDOWN]).toContain((await guest.next()).op);
  });

  it('finds nobody before there is a driver, and after', async () => {
    guest.device.reset();
    const other = HostProgram.connect(socketPath);
    await program.hungUp();
    await other.hungUp();
  });
});

describe('time that runs out', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    guest.start();
  });

  it('hangs up on a program that does not say where to', async () => {
    const program = HostProgram.connect(socketPath);
    program.socket.write('CONN');
    await until(() => vi.getTimerCount() > 0);
    vi.advanceTimersByTime(5000);
    await program.hungUp();
  });

  it('takes an offer back that the guest does not answer', async () => {
    const program = HostProgram.connect(socketPath);
    program.socket.write('CONNECT 52\n');
    expect((await guest.next()).op).toBe(REQUEST);
    vi.advanceTimersByTime(10_000);
    expect(await guest.next()).toMatchObject({ op: RST, dstPort: 52 });
    await program.hungUp();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends a connection whose end the guest does not confirm', async () => {
    const program = await connected();
    guest.send({ op: SHUTDOWN, flags: SEND });
    program.socket.end();
    expect(await guest.next()).toMatchObject({ op: SHUTDOWN, flags: SEND });
    expect(await guest.next()).toMatchObject({ op: SHUTDOWN, flags: BOTH });
    vi.advanceTimersByTime(10_000);
    expect((await guest.next()).op).toBe(RST);
    expect(count('connections')).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the end of a connection', () => {
  let program: HostProgram;
  beforeEach(async () => {
    guest.start();
    program = await connected();
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
    expect(count('connections')).toBe(0);
    await silence();
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
    expect(count('connections')).toBe(0);
  });

  it('may come in two steps', async () => {
    guest.send({ op: SHUTDOWN, flags: RECEIVE });
    await silence();
    guest.send({ op: SHUTDOWN, flags: SEND });
    expect((await guest.next()).op).toBe(RST);
  });

  it('leaves no program waiting that writes for nobody', async () => {
    guest.send({ op: SHUTDOWN, flags: RECEIVE });
    program.socket.write(Buffer.alloc(4 * 1024 * KiB));
    await until(() => program.socket.writableLength === 0);
    await silence();
    expect(count('rxBytes')).toBe(0);
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
    expect(count('connections')).toBe(0);
  });
});

describe('credit', () => {
  it('is all that the guest is sent, and is asked for once', async () => {
    guest.start();
    const program = await connected({ bufAlloc: 10 });
    program.socket.write('0123456789abcdef');
    expect((await guest.next()).data.toString()).toBe('0123456789');
    expect((await guest.next()).op).toBe(CREDIT_REQUEST);
    guest.send({ op: CREDIT_UPDATE, bufAlloc: 10, fwdCnt: 0 });
    await silence();
    guest.send({ op: CREDIT_UPDATE, bufAlloc: 10, fwdCnt: 4 });
    expect((await guest.next()).data.toString()).toBe('abcd');
    expect((await guest.next()).op).toBe(CREDIT_REQUEST);
    guest.send({ op: CREDIT_UPDATE, bufAlloc: 10, fwdCnt: 14 });
    expect((await guest.next()).data.toString()).toBe('ef');
    await silence();
  });

  it('that is taken back is none', async () => {
    guest.start();
    const program = await connected({ bufAlloc: 4 });
    program.socket.write('0123456789');
    expect((await guest.next()).data.toString()).toBe('0123');
    expect((await guest.next()).op).toBe(CREDIT_REQUEST);
    guest.send({ op: CREDIT_UPDATE, bufAlloc: 2, fwdCnt: 1 });
    guest.send({ op: CREDIT_UPDATE, bufAlloc: 4, fwdCnt: 5 });
    await silence();
  });

  it('holds a program back that writes more than the guest reads', async () => {
    guest.start();
    const program = await connected({ bufAlloc: 4096 });
    program.socket.write(Buffer.alloc(4 * 1024 * KiB));
    await until(() => count('rxBytes') === 4096);
    await turns(50);
    expect(program.socket.writableLength).toBeGreaterThan(0);
    expect(count('rxBytes')).toBe(4096);
  });

  it('ends a connection that outruns it', async () => {
    guest.start();
    const program = await connected();
    for (let i = 0; i < 4; i++) guest.put({ op: RW, data: Buffer.alloc(64 * KiB) });
    guest.put({ op: RW, data: Buffer.alloc(1) });
    guest.send({ op: RW, data: Buffer.alloc(1) });
    expect((await guest.next()).op).toBe(RST);
    await program.hungUp();
    expect(count('violations')).toBe(1);
  });

  it('is given as the program reads', async () => {
    guest.start();
    const program = await connected();
    const data = Buffer.alloc(64 * KiB);
    for (let i = 0; i < 4; i++) guest.put({ op: RW, data });
    guest.device.notify(1);
    await until(() => program.received.length === BUF_ALLOC);
    let fwdCnt = 0;
    await until(() => {
      for (const packet of guest.take()) {
        expect(packet).toMatchObject({ op: CREDIT_UPDATE, length: 0, bufAlloc: BUF_ALLOC });
        fwdCnt = packet.fwdCnt;
      }
      return fwdCnt === BUF_ALLOC;
    });
    guest.send({ op: RW, data });
    await until(() => program.received.length === BUF_ALLOC + 64 * KiB);
    expect(count('violations')).toBe(0);
  });

  it('is not given while the program does not read', async () => {
    guest.start();
    const program = await connected();
    program.socket.pause();
    let sent = 0;
    let fwdCnt = 0;
    // A guest that keeps to the rules is stopped, for the host's kernel holds only so much.
    for (let i = 0; i < 40; i++) {
      while (sent + 32 * KiB - fwdCnt <= BUF_ALLOC && sent < 4096 * KiB) {
        guest.send({ op: RW, data: Buffer.alloc(32 * KiB) });
        sent += 32 * KiB;
      }
      await turns();
      for (const packet of guest.take()) fwdCnt = packet.fwdCnt;
    }
    expect(sent).toBeLessThan(2048 * KiB);
    program.socket.resume();
    await until(() => program.received.length === sent);
    expect(count('violations')).toBe(0);
  });

  it('is told when the guest asks', async () => {
    guest.start();
    const program = await connected();
    guest.send({ op: RW, data: Buffer.from('abc') });
    await program.expect('abc');
    await silence();
    guest.send({ op: CREDIT_REQUEST });
    expect(await guest.next()).toMatchObject({ op: CREDIT_UPDATE, fwdCnt: 3 });
  });
});

describe('buffers to receive into', () => {
  it('are waited for, and taken in turns by the connections', async () => {
    guest.start(2);
    const first = await connected({ srcPort: 1 });
    const second = await connected({ srcPort: 2 });
    guest.restart(0);
    expect(first.isClosed && second.isClosed).toBe(false);
    guest.offer(2, 45);
    const [a, b] = [await connected({ srcPort: 3 }), await connected({ srcPort: 4 })];
    a.socket.write('aa');
    b.socket.write('bb');
    await turns(10);
    const ports = [];
    for (let i = 0; i < 4; i++) ports.push((await guest.next()).dstPort);
    expect(ports.sort()).toEqual([3, 3, 4, 4]);
  });

  it('that are missing stop a guest that is owed too many resets', async () => {
    guest.start(0);
    for (let i = 0; i < 400; i++) guest.put({ op: CREDIT_REQUEST, srcPort: i });
    guest.device.notify(1);
    await turns();
    expect(guest.tx.takeUsed()).toHaveLength(256);
    guest.offer(64);
    const resets: number[] = [];
    await until(() => {
      resets.push(...guest.take().map(({ dstPort }) => dstPort));
      return resets.length === 400;
    });
    expect(resets).toEqual(Array.from({ length: 400 }, (_, i) => i));
    expect(guest.tx.takeUsed()).toHaveLength(144);
  });

  it.each<[string, () => void]>([
    ['has no room for data', () => void guest.rx.send({ space: 44 })],
    ['is to be read', () => void guest.rx.send({ data: Buffer.alloc(100) }, { space: 100 })],
  ])('break the queue when one %s', async (_what, give) => {
    guest.start(0);
    give();
    guest.send({ op: RW });
    await until(() => guest.rx.brokenBy !== undefined);
    expect(guest.rx.takeUsed()).toEqual([]);
    expect(guest.tx.brokenBy).toBeUndefined();
  });
});

it.each<[string, (header: Buffer) => void]>([
  ['is shorter than its header', (header) => void guest.tx.send({ data: header.subarray(1) })],
  ['has less data than it says', (header) => void guest.tx.send({ data: header }, { data: 'abc' })],
  ['is in a buffer to write', (header) => void guest.tx.send({ data: header }, { space: 100 })],
])('breaks the queue over a packet that %s', (_what, give) => {
  guest.start();
  const [usual] = [{ srcCid: GUEST_CID, dstCid: 2, srcPort: 1, dstPort: PORT, type: 1 }];
  give(
    headerOf({
      ...usual,
      length: 4,
      op: RW,
      flags: 0,
      bufAlloc: 0,
      fwdCnt: 0,
      data: Buffer.alloc(0),
    }),
  );
  guest.device.notify(1);
  expect(guest.tx.brokenBy).toContain('shorter than it says');
  expect(guest.tx.takeUsed()).toEqual([]);
});

it('has no more connections than it may have, those of the host among them', async () => {
  await guest.release();
  guest = new VsockGuest({ path: socketPath, maxConnections: 2 });
  guest.start();
  await connected({ srcPort: 1 });
  const program = HostProgram.connect(socketPath);
  await until(() => !program.socket.connecting);
  await turns();
  const refused = HostProgram.connect(socketPath);
  await refused.hungUp();
  guest.send({ op: REQUEST, srcPort: 2 });
  expect(await guest.next()).toMatchObject({ op: RST, dstPort: 2 });
  program.socket.destroy();
  await turns(10);
  await connected({ srcPort: 3 });
});

describe('a transport reset', () => {
  it('ends all connections and is told once', async () => {
    guest.start();
    const program = await connected();
    guest.device.transportReset();
    await program.hungUp();
    expect(guest.events.takeUsed()).toEqual([]);
    const head = guest.events.send({ space: 8 });
    guest.events.send({ space: 8 });
    guest.device.notify(2);
    expect(guest.events.takeUsed()).toEqual([{ head, written: 4 }]);
    expect(guest.events.bytesOf(head, 0).readUInt32LE()).toBe(0);
    guest.device.notify(2);
    expect(guest.events.takeUsed()).toEqual([]);
    expect(count('connections')).toBe(0);
    await silence();
  });

  it('breaks a queue whose buffer has no room for it', () => {
    guest.start();
    guest.events.send({ space: 3 });
    guest.device.transportReset();
    expect(guest.events.brokenBy).toContain('events');
  });
});

it('forgets everything with its driver, whatever is under way', async () => {
  guest.start();
  const program = await connected();
  guest.put({ op: RW, data: Buffer.alloc(64 * KiB) });
  guest.put({ op: REQUEST, srcPort: 5 });
  guest.device.notify(1);
  program.socket.write('for nobody');
  guest.device.reset();
  await program.hungUp();
  await turns(20);
  expect(guest.rx.takeUsed()).toHaveLength(0);
  expect(count('connections')).toBe(0);
  guest.restart();
  await connected();
});

describe('the file of the socket', () => {
  it('is the owner’s alone, and goes with the device', async () => {
    expect(fs.statSync(socketPath).mode & 0o777).toBe(0o600);
    await guest.device.close();
    expect(fs.existsSync(socketPath)).toBe(false);
  });

  it('takes the place of one that a dead monitor left', async () => {
    await guest.release();
    fs.renameSync(`${socketPath}_${PORT}`, socketPath);
    await service.close();
    // Another name, and so nobody's: the socket was bound to the old one.
    expect(fs.statSync(socketPath).isSocket()).toBe(true);
    guest = new VsockGuest({ path: socketPath }).start();
    const program = HostProgram.connect(socketPath);
    program.socket.write('CONNECT 1\n');
    expect((await guest.next()).op).toBe(REQUEST);
    program.socket.destroy();
    service = await HostService.listen(`${socketPath}_${PORT}`);
  });

  it.each<[string, () => string]>([
    ['a file of another kind', () => path.join(directory, 'file')],
    ['a socket at which somebody listens', () => `${socketPath}_${PORT}`],
    ['a folder that is missing', () => path.join(directory, 'missing', 'v')],
  ])('is not made over %s', (_what, place) => {
    fs.writeFileSync(path.join(directory, 'file'), 'precious');
    expect(() => new VsockGuest({ path: place() })).toThrow('cannot listen');
    expect(fs.readFileSync(path.join(directory, 'file'), 'utf8')).toBe('precious');
    expect(fs.existsSync(`${socketPath}_${PORT}`)).toBe(true);
  });
});

it('moves much both ways, and loses and mixes up nothing', async () => {
  guest.start(64);
  const program = await connected();
  const sent = Buffer.alloc(3 * 1024 * KiB);
  for (let i = 0; i < sent.length; i += 4) sent.writeUInt32LE(i, i);
  program.socket.write(sent);
  const got: Buffer[] = [];
  let [at, fwdCnt, taken] = [0, 0, 0];
  await until(() => {
    for (const packet of guest.take()) {
      fwdCnt = packet.fwdCnt;
      got.push(packet.data);
      taken += packet.length;
    }
    for (; at < sent.length && at + 32 * KiB - fwdCnt <= BUF_ALLOC; at += 32 * KiB) {
      guest.put({ op: RW, data: sent.subarray(at, at + 32 * KiB), fwdCnt: taken });
    }
    guest.put({ op: CREDIT_UPDATE, fwdCnt: taken });
    guest.device.notify(1);
    return taken === sent.length && program.received.length === sent.length;
  });
  expect(Buffer.concat(got).equals(sent)).toBe(true);
  expect(program.received.equals(sent)).toBe(true);
  expect(count('violations')).toBe(0);
});

it('survives whatever a driver sends, and serves the next one', async () => {
  const packet = fc
    .record({
      srcCid: fc.constantFrom(GUEST_CID, GUEST_CID, GUEST_CID, 0, 2 ** 40),
      dstCid: fc.constantFrom(2, 2, 2, 3),
      srcPort: fc.nat(2),
      dstPort: fc.constantFrom(PORT, PORT, 81),
      length: fc.oneof(fc.nat(100), fc.nat(0xffff_ffff)),
      type: fc.constantFrom(1, 1, 1, 2),
      op: fc.nat(9),
      flags: fc.nat(4),
      bufAlloc: fc.oneof(fc.nat(100), fc.nat(0xffff_ffff)),
      fwdCnt: fc.oneof(fc.nat(100), fc.nat(0xffff_ffff)),
    })
    .map((fields) => new Uint8Array(headerOf({ ...fields, data: Buffer.alloc(0) })));
  await fc.assert(
    fc.asyncProperty(
      hostileChains(packet),
      hostileChains(),
      fc.array(packet, { maxLength: 20 }),
      async (transmit, receive, packets) => {
        guest.restart(packets.length % 8);
        for (const bytes of packets) guest.tx.send({ data: bytes }, { data: Buffer.alloc(100) });
        offerHostile(guest.tx, transmit);
        guest.device.notify(1);
        await turns(3);
        for (const program of service.programs) program.socket.write('something');
        offerHostile(guest.rx, receive);
        guest.device.notify(0);
        guest.device.notify(2);
        await turns(3);
        guest.restart();
        await connected();
      },
    ),
    { numRuns: 60 },
  );
});
