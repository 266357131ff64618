import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { DECLINED, InlineIo } from './inline-io';
import { ScatteredMemory } from './testing/test-disk';

const { EBADF } = os.constants.errno;
const KiB = 1024;

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'inline-io-'));
afterAll(() => fs.rmSync(directory, { recursive: true }));
const file = path.join(directory, 'file');
fs.writeFileSync(file, Buffer.alloc(8 * KiB, 'abcdefgh'));

function inlineOn(name: string, flags: string): InlineIo {
  const fd = fs.openSync(name, flags);
  onTestFinished(() => fs.closeSync(fd));
  return new InlineIo(fd, true);
}

describe('I/O in the calling thread', () => {
  it('reads what is in the page cache, up to the end of the file', () => {
    const inline = inlineOn(file, 'r');
    const memory = new ScatteredMemory({ lengths: [3, 5], misalignment: 1 });
    const { address, count } = memory.iovecs;
    expect(inline.read(address, count, 2)).toBe(8);
    expect(memory.gather().toString()).toBe('cdefghab');
    expect(inline.read(address, count, 8 * KiB - 2)).toBe(2);
    expect(memory.gather().toString()).toBe('ghefghab');
    expect(inline.read(address, count, 8 * KiB)).toBe(0);
  });

  it('writes', () => {
    const inline = inlineOn(file, 'r+');
    const memory = new ScatteredMemory({ lengths: [3, 5], misalignment: 1 });
    memory.scatter(Buffer.from('12345678'));
    inline.beginBatch();
    expect(inline.write(memory.iovecs.address, memory.iovecs.count, 4096, 8)).toBe(8);
    expect(fs.readFileSync(file).toString('latin1', 4092, 4106)).toBe('efgh12345678ab');
  });

  it('leaves long writes to somebody who has the time', () => {
    const inline = inlineOn(file, 'r+');
    const memory = new ScatteredMemory({ lengths: [65 * KiB], misalignment: 0 });
    const { address, count } = memory.iovecs;
    expect(inline.write(address, count, 0, 65 * KiB)).toBe(DECLINED);
    expect(fs.statSync(file).size).toBe(8 * KiB);
  });

  it('declines to read where the kernel does not promise to be quick', () => {
    const inline = inlineOn('/proc/self/status', 'r');
    const memory = new ScatteredMemory({ lengths: [16], misalignment: 0 });
    expect(inline.read(memory.iovecs.address, 1, 0)).toBe(DECLINED);
    expect(inline.read(memory.iovecs.address, 1, 0)).toBe(DECLINED);
  });

  it("says the kernel's errors", () => {
    const inline = inlineOn(file, 'r');
    const memory = new ScatteredMemory({ lengths: [16], misalignment: 0 });
    expect(inline.write(memory.iovecs.address, 1, 0, 16)).toBe(-EBADF);
  });
});
