import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { GuestAddressError } from '../../memory/guest-memory';
import { DescriptorChain } from './descriptor-chain';
import { TestDriver } from './testing/driver';
import { Virtqueue } from './virtqueue';

const MiB = 2 ** 20;
const NEXT = 1;
const WRITE = 2;
const INDIRECT = 4;
/** Somewhere in RAM, away from the rings. */
const BUFFER = 4 * MiB;
const RAM_END = 16 * MiB;

let driver: TestDriver;
afterEach(() => driver.release());

const chainFor = (d: TestDriver, capacity = 16): DescriptorChain =>
  new DescriptorChain(d.ram.memory, capacity);

/** Makes a driver and pops the one chain that `prepare` has made. */
function popped(
  prepare: (d: TestDriver) => void,
  options: ConstructorParameters<typeof TestDriver>[1] = {},
): { readonly ok: boolean; readonly chain: DescriptorChain } {
  driver = new TestDriver(8, options);
  prepare(driver);
  const chain = chainFor(driver);
  return { ok: driver.queue.pop(chain), chain };
}

describe('a chain', () => {
  it('brings what the device reads and room for what it writes', () => {
    const { ok, chain } = popped((d) =>
      d.send({ data: 'hello ' }, { data: 'world' }, { space: 4 }),
    );
    expect(ok).toBe(true);
    expect([chain.readableBytes, chain.writableBytes, chain.count]).toEqual([11, 4, 3]);
    const text = new Uint8Array(11);
    expect(chain.read(0, text)).toBe(11);
    expect(Buffer.from(text).toString()).toBe('hello world');
    expect(chain.write(1, Buffer.from('abc'))).toBe(3);
    expect(driver.bytesOf(chain.head, 2)).toEqual(Buffer.from('\0abc'));
  });

  it('is read and written across its buffers, up to its end', () => {
    const { chain } = popped((d) =>
      d.send({ data: 'ab' }, { data: '' }, { data: 'cd' }, { space: 1 }, { space: 2 }),
    );
    const part = new Uint8Array(5);
    expect(chain.read(1, part)).toBe(3);
    expect(Buffer.from(part.subarray(0, 3)).toString()).toBe('bcd');
    expect(chain.write(0, Buffer.from('12345'))).toBe(3);
    expect(driver.bytesOf(chain.head, 4).toString()).toBe('23');
  });

  it('becomes iovecs of host addresses', () => {
    const { chain } = popped((d) => d.send({ data: 'abcd' }, { space: 4096 }, { space: 100 }));
    const words = new Uint32Array(16);
    expect(chain.writableIovecs(words, 1, 4000, 150)).toBe(2);
    const address = (words[4] ?? 0) + (words[5] ?? 0) * 2 ** 32;
    expect(address).toBe(driver.ram.memory.hostAddress((chain.gpa[1] ?? 0) + 4000, 96));
    expect([words[6], words[10]]).toEqual([96, 54]);
    expect(chain.readableIovecs(words, 0, 0, 100)).toBe(1);
  });

  it('may lie in a table of its own', () => {
    const { ok, chain } = popped((d) => {
      d.writeDescriptorAt(BUFFER, BUFFER + 0x1000, 10, NEXT, 2);
      d.writeDescriptorAt(BUFFER + 32, BUFFER + 0x2000, 20, WRITE, 0);
      d.writeDescriptor(3, BUFFER, 48, INDIRECT, 0);
      d.offer(3);
    });
    expect(ok).toBe(true);
    expect([chain.head, chain.count, chain.readableBytes, chain.writableBytes]).toEqual([
      3, 2, 10, 20,
    ]);
  });

  it('may come behind direct descriptors', () => {
    const { ok, chain } = popped((d) => {
      d.writeDescriptorAt(BUFFER, BUFFER + 0x1000, 10, WRITE, 0);
      d.writeDescriptor(0, BUFFER + 0x3000, 5, NEXT, 1);
      d.writeDescriptor(1, BUFFER, 16, INDIRECT, 0);
      d.offer(0);
    });
    expect([ok, chain.readableBytes, chain.writableBytes]).toEqual([true, 5, 10]);
  });
});

describe('a queue whose driver breaks a rule is broken', () => {
  it.each<[string, (d: TestDriver) => void]>([
    ['a head outside the table', (d) => d.offer(8)],
    [
      'a next descriptor outside the table',
      (d) => {
        d.writeDescriptor(0, BUFFER, 1, NEXT, 8);
        d.offer(0);
      },
    ],
    [
      'a chain that loops',
      (d) => {
        d.writeDescriptor(0, BUFFER, 1, NEXT, 1);
        d.writeDescriptor(1, BUFFER, 1, NEXT, 0);
        d.offer(0);
      },
    ],
    [
      'a buffer to read behind one to write',
      (d) => {
        d.writeDescriptor(0, BUFFER, 1, NEXT | WRITE, 1);
        d.writeDescriptor(1, BUFFER, 1, 0, 0);
        d.offer(0);
      },
    ],
    [
      'a buffer past the end of RAM',
      (d) => {
        d.writeDescriptor(0, RAM_END - 4, 5, 0, 0);
        d.offer(0);
      },
    ],
    [
      'an address of 64 ones',
      (d) => {
        d.writeDescriptor(0, 0, 1, 0, 0);
        d.ram.memory.writeU64(d.descriptors, 2n ** 64n - 1n);
        d.offer(0);
      },
    ],
    [
      'a chain of more than 4 GiB',
      (d) => {
        d.writeDescriptor(0, BUFFER, 0xffff_ffff, NEXT, 1);
        d.writeDescriptor(1, BUFFER, 0xffff_ffff, 0, 0);
        d.offer(0);
      },
    ],
    [
      'an available index that went too far',
      (d) => {
        d.setAvailableIndex(9);
      },
    ],
    [
      'an indirect descriptor with a next one',
      (d) => {
        d.writeDescriptor(0, BUFFER, 16, INDIRECT | NEXT, 1);
        d.offer(0);
      },
    ],
    [
      'an indirect table in an indirect table',
      (d) => {
        d.writeDescriptorAt(BUFFER, BUFFER, 16, INDIRECT, 0);
        d.writeDescriptor(0, BUFFER, 16, INDIRECT, 0);
        d.offer(0);
      },
    ],
    [
      'an indirect table of half a descriptor',
      (d) => {
        d.writeDescriptor(0, BUFFER, 24, INDIRECT, 0);
        d.offer(0);
      },
    ],
    [
      'an empty indirect table',
      (d) => {
        d.writeDescriptor(0, BUFFER, 0, INDIRECT, 0);
        d.offer(0);
      },
    ],
    [
      'an indirect table outside RAM',
      (d) => {
        d.writeDescriptor(0, RAM_END - 16, 32, INDIRECT, 0);
        d.offer(0);
      },
    ],
    [
      'an indirect chain that leaves its table',
      (d) => {
        d.writeDescriptorAt(BUFFER, BUFFER, 16, NEXT, 1);
        d.writeDescriptor(0, BUFFER, 16, INDIRECT, 0);
        d.offer(0);
      },
    ],
    [
      'an indirect chain that loops',
      (d) => {
        d.writeDescriptorAt(BUFFER, BUFFER, 16, NEXT, 0);
        d.writeDescriptor(0, BUFFER, 16, INDIRECT, 0);
        d.offer(0);
      },
    ],
  ])('by %s', (_rule, breakIt) => {
    const { ok } = popped(breakIt);
    expect(ok).toBe(false);
    expect(driver.brokenBy).toBeTypeOf('string');
    // Nothing goes on, not even what is legal.
    driver.send({ data: 'x' });
    driver.queue.push(0, 0);
    driver.queue.publish();
    expect(driver.queue.pop(chainFor(driver))).toBe(false);
    expect(driver.takeUsed()).toEqual([]);
  });

  it('by an indirect table that was not negotiated', () => {
    const { ok } = popped(
      (d) => {
        d.writeDescriptor(0, BUFFER, 16, INDIRECT, 0);
        d.offer(0);
      },
      { indirect: false },
    );
    expect(ok).toBe(false);
  });

  it('by more buffers than a chain may have', () => {
    driver = new TestDriver(8);
    driver.send({ data: 'a' }, { data: 'b' }, { data: 'c' });
    expect(driver.queue.pop(chainFor(driver, 2))).toBe(false);
    expect(driver.brokenBy).toContain('more than 2 buffers');
  });
});

describe('where a queue may lie', () => {
  it.each<[string, Partial<Record<'descriptors' | 'available' | 'used' | 'size', number>>]>([
    ['descriptors off 16 bytes', { descriptors: BUFFER + 8 }],
    ['an available ring off 2 bytes', { available: BUFFER + 1 }],
    ['a used ring off 4 bytes', { used: BUFFER + 2 }],
    ['descriptors past the end of RAM', { descriptors: RAM_END - 64 }],
    ['an available ring past the end of RAM', { available: RAM_END - 16 }],
    ['a used ring in the hole', { used: 0xc000_0000 }],
    ['no entries', { size: 0 }],
    ['entries that are no power of two', { size: 6 }],
  ])('is checked: %s', (_what, changes) => {
    driver = new TestDriver(8);
    const layout = {
      size: 8,
      descriptors: driver.descriptors,
      available: driver.available,
      used: driver.used,
      eventIndex: false,
      indirect: false,
      ...changes,
    };
    const events = { interrupt: () => undefined, broken: () => undefined };
    let error: unknown;
    try {
      new Virtqueue(driver.ram.memory, layout, events);
    } catch (thrown) {
      error = thrown;
    }
    expect(error instanceof RangeError || error instanceof GuestAddressError).toBe(true);
  });
});

describe('giving back', () => {
  const serveAll = (d: TestDriver): void => {
    const chain = chainFor(d);
    while (d.queue.pop(chain)) d.queue.push(chain.head, chain.writableBytes);
    d.queue.publish();
  };

  it('shows chains in the order they were pushed, with what was written', () => {
    driver = new TestDriver(8);
    const heads = [
      driver.send({ space: 3 }),
      driver.send({ data: 'x' }),
      driver.send({ space: 9 }),
    ];
    serveAll(driver);
    expect(driver.takeUsed()).toEqual([
      { head: heads[0], written: 3 },
      { head: heads[1], written: 0 },
      { head: heads[2], written: 9 },
    ]);
    expect(driver.interrupts).toBe(1);
  });

  it('goes round the rings for ever', () => {
    driver = new TestDriver(4);
    for (let i = 0; i < 70_000; i++) {
      // The buffer is always the same one; only the ring goes on.
      driver.writeDescriptor(i % 4, BUFFER, 1, WRITE, 0);
      driver.offer(i % 4);
      serveAll(driver);
    }
    expect(driver.queue.pushed).toBe(70_000);
    expect(driver.brokenBy).toBeUndefined();
  });

  it('takes chains back that it could not serve', () => {
    driver = new TestDriver(8);
    driver.send({ data: 'a' });
    const second = driver.send({ data: 'b' });
    const chain = chainFor(driver);
    driver.queue.pop(chain);
    driver.queue.pop(chain);
    driver.queue.unpop(1);
    expect(driver.queue.pop(chain)).toBe(true);
    expect(chain.head).toBe(second);
  });

  it('does not interrupt a driver that polls', () => {
    driver = new TestDriver(8);
    driver.ram.memory.bytes(driver.available, 1)[0] = 1;
    driver.send({ data: 'a' });
    serveAll(driver);
    expect(driver.interrupts).toBe(0);
    expect(driver.takeUsed()).toHaveLength(1);
  });

  it('interrupts at the event index and not before', () => {
    driver = new TestDriver(8, { eventIndex: true });
    const setUsedEvent = (index: number): void => {
      driver.ram.memory.bytes(driver.available + 4 + 2 * 8, 1)[0] = index;
    };
    setUsedEvent(2);
    for (let i = 0; i < 3; i++) {
      driver.send({ data: 'a' });
      serveAll(driver);
    }
    expect(driver.interrupts).toBe(1);
    setUsedEvent(4);
    driver.send({ data: 'a' });
    driver.send({ data: 'a' });
    serveAll(driver);
    expect(driver.interrupts).toBe(2);
  });

  it('asks to be rung for the next chain, and sees one that came meanwhile', () => {
    driver = new TestDriver(8, { eventIndex: true });
    serveAll(driver);
    expect(driver.queue.enableNotifications()).toBe(true);
    driver.send({ data: 'a' });
    expect(driver.queue.enableNotifications()).toBe(false);
    serveAll(driver);
    expect(driver.queue.enableNotifications()).toBe(true);
    const availEvent = driver.ram.memory.bytes(driver.used + 4 + 8 * 8, 2);
    expect(availEvent[0]).toBe(1);
  });
});

it('never throws and never leaves RAM, whatever the driver writes', () => {
  driver = new TestDriver(8);
  const descriptor = fc.record({
    gpa: fc.oneof(
      fc.integer({ min: BUFFER, max: RAM_END - 64 }),
      fc.maxSafeNat(),
      fc.constant(RAM_END - 1),
    ),
    length: fc.oneof(fc.nat(256), fc.nat(0xffff_ffff), fc.constant(32)),
    flags: fc.integer({ min: 0, max: 7 }),
    next: fc.nat(10),
  });
  fc.assert(
    fc.property(
      fc.array(descriptor, { minLength: 8, maxLength: 8 }),
      fc.array(descriptor, { maxLength: 8 }),
      fc.nat(0xffff),
      fc.array(fc.nat(9), { maxLength: 8 }),
      (table, indirect, index, heads) => {
        const d = new TestDriver(8, {}, driver.ram);
        for (const [i, t] of table.entries()) {
          d.writeDescriptor(i, t.gpa, t.length, t.flags, t.next);
        }
        for (const [i, t] of indirect.entries()) {
          d.writeDescriptorAt(BUFFER + 16 * i, t.gpa, t.length, t.flags, t.next);
        }
        d.setAvailableIndex(0);
        for (const head of heads) d.offer(head);
        if (index % 3 === 0) d.setAvailableIndex(index);
        const chain = chainFor(d);
        for (let i = 0; i < 8 && d.queue.pop(chain); i++) {
          for (let b = 0; b < chain.count; b++) {
            expect(d.ram.memory.contains(chain.gpa[b] ?? -1, chain.length[b] ?? -1)).toBe(true);
          }
          d.queue.push(chain.head, 0);
        }
        d.queue.publish();
      },
    ),
    { numRuns: 2000 },
  );
});
