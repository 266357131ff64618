import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { turns } from '../testing/hostile-chains';
import { VsockBench } from './testing/vsock-bench';
import { until, type VsockGuest } from './testing/vsock-guest';

const KiB = 1024;
const BUF_ALLOC = 256 * KiB;
const [RST, RW, CREDIT_UPDATE, CREDIT_REQUEST] = [3, 5, 6, 7] as const;

let bench: VsockBench;
let guest: VsockGuest;
beforeEach(async () => {
  bench = await VsockBench.open();
  guest = bench.guest;
});
afterEach(async () => {
  await bench.close();
});

describe('credit', () => {
  it('is all that the guest is sent, and is asked for once', async () => {
    guest.start();
    const program = await bench.connected({ bufAlloc: 10 });
    program.socket.write('0123456789abcdef');
    expect((await guest.next()).data.toString()).toBe('0123456789');
    expect((await guest.next()).op).toBe(CREDIT_REQUEST);
    guest.send({ op: CREDIT_UPDATE, bufAlloc: 10, fwdCnt: 0 });
    await guest.silence();
    guest.send({ op: CREDIT_UPDATE, bufAlloc: 10, fwdCnt: 4 });
    expect((await guest.next()).data.toString()).toBe('abcd');
    expect((await guest.next()).op).toBe(CREDIT_REQUEST);
    guest.send({ op: CREDIT_UPDATE, bufAlloc: 10, fwdCnt: 14 });
    expect((await guest.next()).data.toString()).toBe('ef');
    await guest.silence();
  });

  it('that is taken back is none', async () => {
    guest.start();
    const program = await bench.connected({ bufAlloc: 4 });
    program.socket.write('0123456789');
    expect((await guest.next()).data.toString()).toBe('0123');
    expect((await guest.next()).op).toBe(CREDIT_REQUEST);
    guest.send({ op: CREDIT_UPDATE, bufAlloc: 2, fwdCnt: 1 });
    guest.send({ op: CREDIT_UPDATE, bufAlloc: 4, fwdCnt: 5 });
    await guest.silence();
  });

  it('holds a program back that writes more than the guest reads', async () => {
    guest.start();
    const program = await bench.connected({ bufAlloc: 4096 });
    program.socket.write(Buffer.alloc(4 * 1024 * KiB));
    await until(() => guest.count('rxBytes') === 4096);
    await turns(50);
    expect(program.socket.writableLength).toBeGreaterThan(0);
    expect(guest.count('rxBytes')).toBe(4096);
  });

  it('ends a connection that outruns it', async () => {
    guest.start();
    const program = await bench.connected();
    for (let i = 0; i < 4; i++) guest.put({ op: RW, data: Buffer.alloc(64 * KiB) });
    guest.put({ op: RW, data: Buffer.alloc(1) });
    guest.send({ op: RW, data: Buffer.alloc(1) });
    expect((await guest.next()).op).toBe(RST);
    await program.hungUp();
    expect(guest.count('violations')).toBe(1);
  });

  it('is given as the program reads', async () => {
    guest.start();
    const program = await bench.connected();
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
    expect(guest.count('violations')).toBe(0);
  });

  it('is not given while the program does not read', async () => {
    guest.start();
    const program = await bench.connected();
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
    expect(guest.count('violations')).toBe(0);
  });

  it('is told when the guest asks', async () => {
    guest.start();
    const program = await bench.connected();
    guest.send({ op: RW, data: Buffer.from('abc') });
    await program.expect('abc');
    await guest.silence();
    guest.send({ op: CREDIT_REQUEST });
    expect(await guest.next()).toMatchObject({ op: CREDIT_UPDATE, fwdCnt: 3 });
  });
});

describe('buffers to receive into', () => {
  it('are waited for, and taken in turns by the connections', async () => {
    guest.start(2);
    const first = await bench.connected({ srcPort: 1 });
    const second = await bench.connected({ srcPort: 2 });
    guest.restart(0);
    expect(first.isClosed && second.isClosed).toBe(false);
    guest.offer(2, 45);
    const [a, b] = [await bench.connected({ srcPort: 3 }), await bench.connected({ srcPort: 4 })];
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

  it('stop no guest any more once a transport reset has paid all debts', async () => {
    guest.start(0);
    for (let i = 0; i < 300; i++) guest.put({ op: CREDIT_REQUEST, srcPort: i });
    guest.device.notify(1);
    await turns();
    expect(guest.tx.takeUsed()).toHaveLength(256);
    guest.device.transportReset();
    expect(guest.tx.takeUsed()).toHaveLength(44);
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

it('moves much both ways, and loses and mixes up nothing', async () => {
  guest.start(64);
  const program = await bench.connected();
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
  expect(guest.count('violations')).toBe(0);
});
