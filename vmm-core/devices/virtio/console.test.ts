import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuestRam } from '../../memory/guest-memory';
import { VIRTIO_CONSOLE_F_MULTIPORT, VIRTIO_CONSOLE_F_SIZE, VirtioConsole } from './console';
import type { ConsolePort } from './console-port';
import { TestDriver } from './testing/driver';
import { hostileChains, offerHostile, turns } from './testing/hostile-chains';

const KiB = 1024;
const MiB = 2 ** 20;
const ALL = VIRTIO_CONSOLE_F_SIZE | VIRTIO_CONSOLE_F_MULTIPORT;
const [DEVICE_READY, PORT_ADD, PORT_READY, CONSOLE_PORT, RESIZE, PORT_OPEN, PORT_NAME] = [
  0, 1, 3, 4, 5, 6, 7,
] as const;
const [RX, TX, CONTROL_RX, CONTROL_TX, AGENT_RX, AGENT_TX] = [0, 1, 2, 3, 4, 5] as const;

let ram: GuestRam;
let drivers: TestDriver[];
let device: VirtioConsole;
let configChanges: number;

beforeEach(() => {
  ram = new GuestRam(16 * MiB);
  device = new VirtioConsole({ name: 'console', ports: ['org.example.agent'] });
  configChanges = 0;
  device.attach({
    configChanged: () => {
      configChanges += 1;
    },
  });
});
afterEach(() => {
  device.reset();
  device.close();
  ram.release();
});

const driver = (queue: number): TestDriver => drivers[queue] as TestDriver;

function start(features = ALL): void {
  drivers = Array.from({ length: 6 }, (_, i) => new TestDriver(64, {}, ram, i * 2.5 * MiB));
  device.activate({ memory: ram.memory, features, queues: drivers.map(({ queue }) => queue) });
}

function offer(queue: number, ...sizes: readonly number[]): number[] {
  const heads = sizes.map((space) => driver(queue).send({ space }));
  device.notify(queue);
  return heads;
}

/** What the guest has got in a queue since, chain by chain. */
function got(queue: number): Buffer[] {
  const used = driver(queue).takeUsed();
  return used.map(({ head, written }) => driver(queue).bytesOf(head, 0).subarray(0, written));
}

function text(queue: number): string {
  return Buffer.concat(got(queue)).toString();
}

function write(queue: number, ...parts: readonly string[]): void {
  driver(queue).send(...parts.map((data) => ({ data })));
  device.notify(queue);
}

/** A control message of the driver. */
function control(id: number, event: number, value: number): void {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(id, 0);
  bytes.writeUInt16LE(event, 4);
  bytes.writeUInt16LE(value, 6);
  driver(CONTROL_TX).send({ data: bytes });
  device.notify(CONTROL_TX);
}

/** Control messages of the device: port, event, value, and what follows them. */
function messages(): (readonly [number, number, number, string])[] {
  return got(CONTROL_RX).map((bytes) => [
    bytes.readUInt32LE(0),
    bytes.readUInt16LE(4),
    bytes.readUInt16LE(6),
    bytes.subarray(8).toString('latin1'),
  ]);
}

/** The driver as far as Linux goes: ports added, the console in use. */
function boot(): void {
  start();
  offer(CONTROL_RX, ...Array.from({ length: 20 }, () => 64));
  control(0xffff_ffff, DEVICE_READY, 1);
  control(0, PORT_READY, 1);
  control(1, PORT_READY, 1);
  control(0, PORT_OPEN, 1);
  messages();
}

function outputOf(port: ConsolePort): () => string {
  let output = '';
  port.onOutput = (bytes) => {
    output += Buffer.from(bytes).toString();
  };
  return () => output;
}

describe('the ports', () => {
  it('are told of when the driver is ready, each with what it is', () => {
    device.resize(0, 80, 25);
    start();
    expect(Buffer.from(device.config).readUInt32LE(4)).toBe(2);
    offer(CONTROL_RX, 64, 64, 64, 64, 64, 64, 64);
    expect(messages()).toEqual([]);
    control(0xffff_ffff, DEVICE_READY, 1);
    expect(messages()).toEqual([
      [0, PORT_ADD, 1, ''],
      [1, PORT_ADD, 1, ''],
    ]);
    control(0, PORT_READY, 1);
    expect(messages()).toEqual([
      [0, CONSOLE_PORT, 1, ''],
      [0, RESIZE, 1, '\x50\0\x19\0'],
      [0, PORT_OPEN, 1, ''],
    ]);
    control(1, PORT_READY, 1);
    expect(messages()).toEqual([[1, PORT_NAME, 1, 'org.example.agent']]);
  });

  it('are told of as buffers come', () => {
    start();
    control(0xffff_ffff, DEVICE_READY, 1);
    offer(CONTROL_RX, 64);
    expect(messages()).toEqual([[0, PORT_ADD, 1, '']]);
    offer(CONTROL_RX, 64, 64);
    expect(messages()).toEqual([[1, PORT_ADD, 1, '']]);
  });

  it('that the driver cannot use are not heard of again', () => {
    start();
    offer(CONTROL_RX, 64, 64, 64, 64);
    control(0xffff_ffff, DEVICE_READY, 1);
    control(1, PORT_READY, 0);
    device.port(1).setHostOpen(true);
    messages();
    control(0xffff_ffff, DEVICE_READY, 0);
    expect(messages()).toEqual([]);
  });

  it('tell each side whether the other is there', () => {
    boot();
    const seen: boolean[] = [];
    device.port(1).onGuestOpen = (isOpen) => void seen.push(isOpen);
    device.port(1).setHostOpen(true);
    device.port(1).setHostOpen(true);
    expect(messages()).toEqual([[1, PORT_OPEN, 1, '']]);
    device.port(1).setHostOpen(false);
    expect(messages()).toEqual([[1, PORT_OPEN, 0, '']]);
    control(1, PORT_OPEN, 1);
    control(1, PORT_OPEN, 1);
    expect(device.port(1).isGuestOpen).toBe(true);
    expect(device.counters()['openPorts']).toBe(2);
    device.reset();
    expect(seen).toEqual([true, false]);
  });

  it('that were open on the host before are open for the guest', () => {
    device.port(1).setHostOpen(true);
    start();
    offer(CONTROL_RX, 64, 64, 64, 64);
    control(1, PORT_READY, 1);
    expect(messages().map(([, event, value]) => [event, value])).toEqual([
      [PORT_NAME, 1],
      [PORT_OPEN, 1],
    ]);
  });

  it('hear of the last state only, however often it changed', () => {
    start();
    control(0, PORT_READY, 1);
    for (let i = 1; i <= 100; i++) device.resize(0, i, 2 * i);
    for (let i = 0; i < 100; i++) control(0xffff_ffff, DEVICE_READY, 1);
    offer(CONTROL_RX, ...Array.from({ length: 10 }, () => 64));
    expect(messages()).toEqual([
      [0, PORT_ADD, 1, ''],
      [0, CONSOLE_PORT, 1, ''],
      [0, RESIZE, 1, '\x64\0\xc8\0'],
      [0, PORT_OPEN, 1, ''],
      [1, PORT_ADD, 1, ''],
    ]);
  });

  it.each<[string, number, number]>([
    ['a port that there is not', 2, PORT_READY],
    ['no port', 0xffff_ffff, PORT_OPEN],
    ['an event that there is not', 0, 99],
    ['an event of the device', 1, PORT_NAME],
  ])('ignore a message about %s', (_what, id, event) => {
    boot();
    control(id, event, 1);
    expect(messages()).toEqual([]);
    expect(driver(CONTROL_TX).brokenBy).toBeUndefined();
  });

  it('have a queue that breaks over a short message, or one to write', () => {
    boot();
    write(CONTROL_TX, '7 bytes');
    expect(driver(CONTROL_TX).brokenBy).toContain('control message');
    start();
    offer(CONTROL_TX, 8);
    expect(driver(CONTROL_TX).brokenBy).toContain('control message');
  });

  it('have a queue that breaks over a buffer too short for a name', () => {
    start();
    offer(CONTROL_RX, 24);
    control(1, PORT_READY, 1);
    expect(driver(CONTROL_RX).brokenBy).toContain('too short');
    expect(driver(CONTROL_TX).brokenBy).toBeUndefined();
  });
});

describe('the size of a terminal', () => {
  it('is in the configuration too, for port 0', () => {
    boot();
    device.resize(0, 132, 43);
    expect(Buffer.from(device.config).readUInt16LE(0)).toBe(132);
    expect(Buffer.from(device.config).readUInt16LE(2)).toBe(43);
    expect(configChanges).toBe(1);
    expect(messages()).toEqual([[0, RESIZE, 1, '\x84\0\x2b\0']]);
    device.resize(0, 132, 43);
    expect(configChanges).toBe(1);
    expect(messages()).toEqual([]);
  });

  it('of another port is told by a message only', () => {
    boot();
    device.resize(1, 80, 24);
    expect(messages()).toEqual([[1, RESIZE, 1, '\x50\0\x18\0']]);
    expect(configChanges).toBe(0);
    expect(Buffer.from(device.config).readUInt32LE(0)).toBe(0);
  });

  it.each([
    [2, 80, 25],
    [-1, 80, 25],
    [0, 0, 25],
    [0, 80, 65_536],
    [0, 80.5, 25],
  ])('of port %i cannot be %s by %s', (port, cols, rows) => {
    expect(() => device.resize(port, cols, rows)).toThrow(RangeError);
  });
});

describe('output', () => {
  it('comes in order, buffer by buffer, from the port that wrote it', () => {
    boot();
    const console = outputOf(device.port(0));
    const agent = outputOf(device.port(1));
    write(TX, 'hello ', '', 'world');
    write(AGENT_TX, '{}');
    expect(console()).toBe('hello world');
    expect(agent()).toBe('{}');
    expect(driver(TX).takeUsed()).toEqual([{ head: 0, written: 0 }]);
    expect(device.counters()['outputBytes']).toBe(13);
  });

  it('that nobody listens to is gone', () => {
    boot();
    write(TX, 'anybody?');
    expect(driver(TX).takeUsed()).toHaveLength(1);
  });

  it('of great length comes in pieces, in turns', async () => {
    boot();
    const sizes: number[] = [];
    let output = Buffer.alloc(0);
    device.port(0).onOutput = (bytes) => {
      sizes.push(bytes.length);
      output = Buffer.concat([output, bytes]);
    };
    const parts = [100, 70 * KiB, 200 * KiB, 5].map((length, i) => String(i).repeat(length));
    write(TX, ...parts);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(64 * KiB);
    expect(driver(TX).takeUsed()).toEqual([]);
    await turns(10);
    expect(output.toString()).toBe(parts.join(''));
    expect(driver(TX).takeUsed()).toHaveLength(1);
  });

  it('waits while its listener wants none', async () => {
    boot();
    const output = outputOf(device.port(1));
    device.port(1).pauseOutput();
    write(AGENT_TX, 'a');
    write(AGENT_TX, 'b');
    await turns();
    expect(output()).toBe('');
    expect(driver(AGENT_TX).takeUsed()).toEqual([]);
    device.port(1).resumeOutput();
    expect(output()).toBe('ab');
    expect(driver(AGENT_TX).takeUsed()).toHaveLength(2);
  });

  it('ends at once with a listener that ends the machine', async () => {
    boot();
    let calls = 0;
    device.port(0).onOutput = () => {
      calls += 1;
      device.reset();
    };
    write(TX, 'one', 'two');
    await turns();
    expect(calls).toBe(1);
    expect(driver(TX).takeUsed()).toEqual([]);
  });

  it('in a buffer to write breaks the queue', () => {
    boot();
    offer(TX, 16);
    expect(driver(TX).brokenBy).toContain('output');
  });
});

describe('input', () => {
  it('goes into the buffers that the driver gave', () => {
    boot();
    offer(RX, 4, 16);
    expect(device.port(0).input(Buffer.from('keyboard'))).toBe(8);
    expect(got(RX).map(String)).toEqual(['keyb', 'oard']);
    expect(device.counters()['inputBytes']).toBe(8);
  });

  it('waits for buffers, and for somebody who reads', () => {
    device.port(1).input(Buffer.from('early '));
    boot();
    device.port(1).input(Buffer.from('bird'));
    offer(AGENT_RX, 64);
    expect(text(AGENT_RX)).toBe('');
    control(1, PORT_OPEN, 1);
    expect(text(AGENT_RX)).toBe('early bird');
  });

  it('is taken up to 64 KiB, and there is word when there is room', () => {
    boot();
    let rooms = 0;
    device.port(0).onRoom = () => {
      rooms += 1;
    };
    const bytes = Buffer.alloc(100 * KiB, 'x');
    expect(device.port(0).input(bytes)).toBe(64 * KiB);
    expect(device.port(0).input(bytes)).toBe(0);
    expect(rooms).toBe(0);
    offer(RX, 10 * KiB);
    expect(rooms).toBe(1);
    expect(device.port(0).input(bytes)).toBe(10 * KiB);
    offer(RX, 1);
    expect(rooms).toBe(2);
    offer(RX, 1);
    expect(rooms).toBe(2);
  });

  it('that the guest takes at once need not fit', () => {
    boot();
    offer(RX, 50 * KiB);
    let rooms = 0;
    device.port(0).onRoom = () => {
      rooms += 1;
    };
    expect(device.port(0).input(Buffer.alloc(100 * KiB))).toBe(100 * KiB);
    expect(device.port(0).input(Buffer.alloc(100 * KiB))).toBe(14 * KiB);
    expect(rooms).toBe(0);
  });

  it('keeps its order over the end of the ring', async () => {
    boot();
    const sent = Buffer.alloc(150 * KiB);
    for (let i = 0; i < sent.length; i += 2) sent.writeUInt16LE((i / 2) & 0xffff, i);
    const arrived: Buffer[] = [];
    for (let at = 0; at < sent.length || arrived.length === 0; ) {
      at += device.port(0).input(sent.subarray(at, at + 48 * KiB));
      offer(RX, 20 * KiB, 7);
      arrived.push(...got(RX));
    }
    offer(RX, 64 * KiB);
    arrived.push(...got(RX));
    expect(Buffer.concat(arrived).equals(sent)).toBe(true);
  });

  it('goes in turns into many small buffers', async () => {
    drivers = [RX, TX].map((queue) => new TestDriver(1024, {}, ram, queue * 4 * MiB));
    device.activate({
      memory: ram.memory,
      features: 0n,
      queues: [driver(RX).queue, driver(TX).queue],
    });
    offer(RX, ...Array.from({ length: 600 }, () => 1));
    device.port(0).input(Buffer.alloc(500, 'y'));
    expect(driver(RX).takeUsed()).toHaveLength(256);
    await turns();
    expect(driver(RX).takeUsed()).toHaveLength(244);
  });

  it('for somebody who has closed the port is not for the next', () => {
    boot();
    control(1, PORT_OPEN, 1);
    device.port(1).input(Buffer.from('for the first'));
    control(1, PORT_OPEN, 0);
    control(1, PORT_OPEN, 1);
    device.port(1).input(Buffer.from('for the second'));
    offer(AGENT_RX, 64);
    expect(text(AGENT_RX)).toBe('for the second');
  });

  it('for one driver is not for the next', () => {
    boot();
    device.port(0).input(Buffer.from('rm -rf /'));
    device.reset();
    boot();
    offer(RX, 64);
    expect(text(RX)).toBe('');
    device.port(0).input(Buffer.from('ls'));
    expect(text(RX)).toBe('ls');
  });

  it.each<[string, () => void]>([
    ['has no room', () => void driver(RX).send({ space: 0 })],
    ['is to be read', () => void driver(RX).send({ data: 'x' }, { space: 9 })],
  ])('breaks the queue when a buffer %s', (_what, give) => {
    boot();
    give();
    device.port(0).input(Buffer.from('x'));
    expect(driver(RX).brokenBy).toContain('input');
    expect(driver(RX).takeUsed()).toEqual([]);
  });
});

it('is one console, open at once, for a driver that knows no other ports', () => {
  start(VIRTIO_CONSOLE_F_SIZE);
  const output = outputOf(device.port(0));
  offer(RX, 8);
  device.port(0).input(Buffer.from('in'));
  write(TX, 'out');
  device.resize(0, 80, 25);
  expect(text(RX)).toBe('in');
  expect(output()).toBe('out');
  expect(configChanges).toBe(1);
  // Neither control queues nor other ports.
  write(CONTROL_TX, 'short');
  write(AGENT_TX, 'x');
  expect(driver(CONTROL_TX).brokenBy).toBeUndefined();
  expect(driver(AGENT_TX).takeUsed()).toEqual([]);
});

it('touches nothing after a reset, whatever is under way', async () => {
  boot();
  const output = outputOf(device.port(0));
  write(TX, 'z'.repeat(100 * KiB));
  device.port(0).input(Buffer.alloc(100));
  device.reset();
  expect(output()).toHaveLength(64 * KiB);
  offer(RX, 64);
  offer(CONTROL_RX, 64);
  await turns();
  device.resize(0, 10, 10);
  device.port(1).setHostOpen(true);
  expect(output()).toHaveLength(64 * KiB);
  expect([RX, TX, CONTROL_RX].flatMap((queue) => driver(queue).takeUsed())).toEqual([]);
});

it('survives whatever a driver sends, and serves the next one', async () => {
  const message = fc
    .tuple(fc.nat(3), fc.nat(8), fc.nat(2))
    .map(([id, event, value]) => Uint8Array.from([id, 0, 0, 0, event, 0, value, 0]));
  const content = fc.oneof(message, fc.uint8Array({ maxLength: 64 }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(5), hostileChains(content)), { maxLength: 4 }),
      async (steps) => {
        boot();
        for (const [queue, chains] of steps) {
          offerHostile(driver(queue), chains);
          device.notify(queue);
          device.port(0).input(Buffer.alloc(1000));
          device.port(1).input(Buffer.alloc(1000));
          device.resize(queue % 2, 1 + queue, 5);
        }
        await turns(2);
        device.reset();
        boot();
        const output = outputOf(device.port(0));
        write(TX, 'alive');
        expect(output()).toBe('alive');
        device.port(0).onOutput = () => {};
        device.reset();
      },
    ),
    { numRuns: 100 },
  );
});
