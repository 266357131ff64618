import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostileChains, offerHostile, turns } from '../testing/hostile-chains';
import { HostProgram } from './testing/host-program';
import { PORT, VsockBench } from './testing/vsock-bench';
import { GUEST_CID, headerOf, type Packet, until, type VsockGuest } from './testing/vsock-guest';

const KiB = 1024;
const BUF_ALLOC = 256 * KiB;
const [REQUEST, RESPONSE, RST, SHUTDOWN, RW, CREDIT_UPDATE, CREDIT_REQUEST] = [
  1, 2, 3, 4, 5, 6, 7,
] as const;

let bench: VsockBench;
let guest: VsockGuest;
beforeEach(async () => {
  bench = await VsockBench.open();
  guest = bench.guest;
});
afterEach(async () => {
  await bench.close();
});

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
    const program = await bench.service.program();
    guest.send({ op: RW, srcPort: 1234, data: Buffer.from('question') });
    await program.expect('question');
    program.socket.write('answer');
    const answer = await guest.next();
    expect(answer).toMatchObject({ op: RW, dstPort: 1234, length: 6, fwdCnt: 8 });
    expect(answer.data.toString()).toBe('answer');
    expect(guest.count('connections')).toBe(1);
  });

  it('is reset where nobody listens', async () => {
    guest.send({ op: REQUEST, dstPort: 81 });
    expect(await guest.next()).toMatchObject({ op: RST, srcPort: 81, dstPort: 1000, type: 1 });
    expect(guest.count('connections')).toBe(0);
  });

  it('has connections that know nothing of each other', async () => {
    const first = await bench.connected({ srcPort: 1 });
    const second = await bench.connected({ srcPort: 2 });
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
    expect(bench.service.programs).toHaveLength(0);
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
    await guest.silence();
    expect(guest.count('dropped')).toBe(2);
    expect(bench.service.programs).toHaveLength(0);
  });

  it.each([REQUEST, RESPONSE, 0, 8])('ends its connection with operation %i', async (op) => {
    const program = await bench.connected();
    guest.send({ op });
    expect((await guest.next()).op).toBe(RST);
    await program.hungUp();
    expect(guest.count('violations')).toBe(1);
    expect(guest.count('connections')).toBe(0);
  });

  it('ends a connection that it uses before it is there', async () => {
    guest.put({ op: REQUEST });
    guest.send({ op: RW, data: Buffer.from('x') });
    expect((await guest.next()).op).toBe(RST);
    await guest.silence();
  });
});

describe('a program of the host that connects to the guest', () => {
  let program: HostProgram;
  beforeEach(() => {
    guest.start();
    program = HostProgram.connect(bench.path);
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
    await guest.silence();
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
    await guest.silence();
  });

  it('is hung up on when the guest does anything else', async () => {
    const request = await offered();
    answer(request, { op: RW, data: Buffer.from('x') });
    await program.hungUp();
    expect((await guest.next()).op).toBe(RST);
  });

  it('gets a port of its own', async () => {
    const first = await offered();
    const other = HostProgram.connect(bench.path);
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
    await guest.silence();
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
    const other = HostProgram.connect(bench.path);
    await program.hungUp();
    await other.hungUp();
  });
});

it.each<[string, (header: Buffer) => void]>([
  ['is shorter than its header', (header) => void guest.tx.send({ data: header.subarray(1) })],
  ['has less data than it says', (header) => void guest.tx.send({ data: header }, { data: 'abc' })],
  ['is in a buffer to write', (header) => void guest.tx.send({ data: header }, { space: 100 })],
])('breaks the queue over a packet that %s', (_what, give) => {
  guest.start();
  const usual = { srcCid: GUEST_CID, dstCid: 2, srcPort: 1, dstPort: PORT, type: 1 };
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
  await bench.close();
  bench = await VsockBench.open({ maxConnections: 2 });
  guest = bench.guest;
  guest.start();
  await bench.connected({ srcPort: 1 });
  const program = HostProgram.connect(bench.path);
  await until(() => !program.socket.connecting);
  await turns();
  const refused = HostProgram.connect(bench.path);
  await refused.hungUp();
  guest.send({ op: REQUEST, srcPort: 2 });
  expect(await guest.next()).toMatchObject({ op: RST, dstPort: 2 });
  program.socket.destroy();
  await turns(10);
  await bench.connected({ srcPort: 3 });
});

describe('a transport reset', () => {
  it('ends all connections and is told once', async () => {
    guest.start();
    const program = await bench.connected();
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
    expect(guest.count('connections')).toBe(0);
    await guest.silence();
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
  const program = await bench.connected();
  guest.put({ op: RW, data: Buffer.alloc(64 * KiB) });
  guest.put({ op: REQUEST, srcPort: 5 });
  guest.device.notify(1);
  program.socket.write('for nobody');
  guest.device.reset();
  await program.hungUp();
  await turns(20);
  expect(guest.rx.takeUsed()).toHaveLength(0);
  expect(guest.count('connections')).toBe(0);
  guest.restart();
  await bench.connected();
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
        for (const program of bench.service.programs) program.socket.write('something');
        offerHostile(guest.rx, receive);
        guest.device.notify(0);
        guest.device.notify(2);
        await turns(3);
        guest.restart();
        await bench.connected();
      },
    ),
    { numRuns: 60 },
  );
});
