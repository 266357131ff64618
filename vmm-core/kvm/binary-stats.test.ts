import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BinaryStats } from './binary-stats';

const NAME_BYTES = 16;

interface Descriptor {
  readonly name: string;
  readonly size: number;
  readonly offset: number;
}

/** A statistics file as api.rst, 4.133 lays it out, with a gap before each block. */
function statsFile(descriptors: readonly Descriptor[], data: readonly bigint[]): Buffer {
  const descriptorsAt = 24 + 8;
  const dataAt = descriptorsAt + descriptors.length * (16 + NAME_BYTES) + 8;
  const file = Buffer.alloc(dataAt + data.length * 8);
  [0, NAME_BYTES, descriptors.length, 24, descriptorsAt, dataAt].forEach((value, index) => {
    file.writeUInt32LE(value, index * 4);
  });
  descriptors.forEach(({ name, size, offset }, index) => {
    const at = descriptorsAt + index * (16 + NAME_BYTES);
    file.writeUInt16LE(size, at + 6);
    file.writeUInt32LE(offset, at + 8);
    file.write(name, at + 16, 'latin1');
  });
  data.forEach((value, index) => {
    file.writeBigUInt64LE(value, dataAt + index * 8);
  });
  return file;
}

describe("KVM's binary statistics", () => {
  let directory: string;
  let stats: BinaryStats | undefined;

  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'binary-stats-'));
  });
  afterEach(() => {
    stats?.close();
    stats = undefined;
    fs.rmSync(directory, { recursive: true });
  });

  function open(file: Buffer): BinaryStats {
    const name = path.join(directory, 'stats');
    fs.writeFileSync(name, file);
    stats = new BinaryStats(fs.openSync(name, 'r'));
    return stats;
  }

  it('are read by name, whatever the order of their descriptors', () => {
    const file = statsFile(
      [
        { name: 'tlb_flush', size: 1, offset: 8 },
        { name: 'exits', size: 1, offset: 0 },
      ],
      [7n, 2n ** 40n + 1n],
    );
    expect(open(file).read()).toEqual({ exits: 7, tlb_flush: 2 ** 40 + 1 });
  });

  it('are lists where there are several values', () => {
    const file = statsFile([{ name: 'halt_hist', size: 3, offset: 8 }], [9n, 1n, 2n, 3n]);
    expect(open(file).read()).toEqual({ halt_hist: [1, 2, 3] });
  });

  it('may have a name that fills its place, without an end', () => {
    const name = 'n'.repeat(NAME_BYTES);
    expect(open(statsFile([{ name, size: 1, offset: 0 }], [5n])).read()).toEqual({ [name]: 5 });
  });

  it('are as of the moment of each reading', () => {
    const descriptor = { name: 'exits', size: 1, offset: 0 };
    const opened = open(statsFile([descriptor], [1n]));
    expect(opened.read()).toEqual({ exits: 1 });
    fs.writeFileSync(path.join(directory, 'stats'), statsFile([descriptor], [2n]));
    expect(opened.read()).toEqual({ exits: 2 });
  });

  it('are none when there is nothing to count', () => {
    expect(open(statsFile([], [])).read()).toEqual({});
  });

  it('that end too early are an error', () => {
    const whole = statsFile([{ name: 'exits', size: 2, offset: 0 }], [1n]);
    const opened = open(whole);
    expect(() => opened.read()).toThrow('ENODATA');
  });

  it('are not there where the kernel does not know them', () => {
    const fd = fs.openSync('/dev/null', 'r');
    expect(BinaryStats.open(fd)).toBeUndefined();
    fs.closeSync(fd);
    expect(() => BinaryStats.open(-1)).toThrow('KVM_GET_STATS_FD: EBADF');
  });
});
