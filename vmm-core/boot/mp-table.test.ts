import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuestRam } from '../memory/guest-memory';
import { writeMpTable } from './mp-table';

const sum = (bytes: Uint8Array): number => bytes.reduce((total, byte) => (total + byte) & 0xff, 0);

describe('the table of processors', () => {
  let ram: GuestRam;
  beforeEach(() => {
    ram = new GuestRam(2 ** 21);
  });
  afterEach(() => ram.release());

  /** Walks the table as a guest does. */
  const read = () => {
    const { memory } = ram;
    const pointer = Buffer.from(memory.bytes(0, 16));
    const at = pointer.readUInt32LE(4);
    const length = Buffer.from(memory.bytes(at + 4, 2)).readUInt16LE();
    const table = Buffer.from(memory.bytes(at, length));
    const entries: Buffer[] = [];
    for (let i = 44; i < length; ) {
      const size = table[i] === 0 ? 20 : 8;
      entries.push(table.subarray(i, i + size));
      i += size;
    }
    return { pointer, table, entries };
  };

  it('is found by its pointer in the first KiB, both with right checksums', () => {
    writeMpTable(ram.memory, 1);
    const { pointer, table } = read();
    expect([pointer.toString('latin1', 0, 4), table.toString('latin1', 0, 4)]).toEqual([
      '_MP_',
      'PCMP',
    ]);
    expect([sum(pointer), sum(table)]).toEqual([0, 0]);
  });

  it.each([1, 4, 64])('lists %i processors, the first of which boots', (vcpus) => {
    writeMpTable(ram.memory, vcpus);
    const { entries, table } = read();
    expect(table.readUInt16LE(34)).toBe(entries.length);
    const processors = entries.filter((entry) => entry[0] === 0);
    expect(processors.map((entry) => entry[1])).toEqual([...Array(vcpus).keys()]);
    expect(processors.map((entry) => entry[3])).toEqual(
      processors.map((_, i) => (i === 0 ? 3 : 1)),
    );
  });

  it('wires each ISA interrupt to its pin of an I/O APIC whose id no processor has', () => {
    writeMpTable(ram.memory, 2);
    const { entries } = read();
    const ioApic = entries.find((entry) => entry[0] === 2);
    expect(ioApic?.[1]).toBe(2);
    const wired = entries
      .filter((entry) => entry[0] === 3)
      .map((entry) => [entry[5], entry[6], entry[7]]);
    expect(wired).toEqual(Array.from({ length: 16 }, (_, pin) => [pin, 2, pin]));
  });
});
