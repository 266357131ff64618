import fc from 'fast-check';
import type { TestDriver } from './driver';

const MiB = 2 ** 20;
const RAM_END = 16 * MiB;
const DESC_NEXT = 1;
const DESC_WRITE = 2;

interface HostileBuffer {
  readonly gpa: number;
  readonly length: number;
  readonly isWritable: boolean;
  readonly content: Uint8Array;
}

/** What a driver without manners gives: lengths, directions and places as they come. */
export type HostileChain = readonly HostileBuffer[];

/** @param content what the beginning of a buffer holds */
export function hostileChains(
  content: fc.Arbitrary<Uint8Array> = fc.uint8Array({ maxLength: 64 }),
): fc.Arbitrary<readonly HostileChain[]> {
  const buffer = fc.record({
    gpa: fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 4 * MiB, max: RAM_END - 4096 }) },
      { weight: 1, arbitrary: fc.constantFrom(RAM_END - 1, RAM_END, 2 ** 52) },
    ),
    length: fc.oneof(
      { weight: 20, arbitrary: fc.nat(256) },
      { weight: 3, arbitrary: fc.nat(4 * MiB) },
      { weight: 1, arbitrary: fc.constantFrom(0, 0x7fff_ffff, 0xffff_ffff) },
    ),
    isWritable: fc.boolean(),
    content,
  });
  const oneWay = (isWritable: boolean): fc.Arbitrary<HostileChain> =>
    fc
      .array(buffer, { minLength: 1, maxLength: 3 })
      .map((buffers) => buffers.map((each) => ({ ...each, isWritable })));
  const chain = fc.oneof(
    oneWay(false),
    oneWay(true),
    fc.array(buffer, { minLength: 1, maxLength: 3 }),
  );
  return fc.array(chain, { maxLength: 6 });
}

/** Makes them available, over descriptors of earlier ones if need be. */
export function offerHostile(driver: TestDriver, chains: readonly HostileChain[]): void {
  let next = 0;
  for (const chain of chains) {
    const head = next % driver.size;
    for (const [i, { gpa, length, isWritable, content }] of chain.entries()) {
      const { memory } = driver.ram;
      if (memory.contains(gpa, content.length)) memory.bytes(gpa, content.length).set(content);
      const isLast = i + 1 === chain.length;
      const flags = (isLast ? 0 : DESC_NEXT) | (isWritable ? DESC_WRITE : 0);
      driver.writeDescriptor(next % driver.size, gpa, length, flags, (next + 1) % driver.size);
      next += 1;
    }
    driver.offer(head);
  }
}

/** Whatever the devices have put off to a later turn of the event loop is done after this. */
export async function turns(count = 3): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
