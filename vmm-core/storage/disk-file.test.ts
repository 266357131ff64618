import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DiskFile, type DiskFileOptions } from './disk-file';
import { StorageError } from './storage-error';

const WRITER: DiskFileOptions = { readOnly: false, cache: 'buffered' };
const READER: DiskFileOptions = { readOnly: true, cache: 'buffered' };

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'disk-file-'));
afterAll(() => fs.rmSync(directory, { recursive: true }));

let files = 0;
function fileOf(bytes: number): string {
  const file = path.join(directory, `file-${files++}`);
  fs.writeFileSync(file, '');
  fs.truncateSync(file, bytes);
  return file;
}

function refusal(file: string, options: DiskFileOptions): StorageError {
  try {
    DiskFile.open(file, options).close();
  } catch (error) {
    if (error instanceof StorageError) return error;
    throw error;
  }
  throw new Error(`${file} was opened`);
}

describe('the size of a disk', () => {
  it.each([
    [512, 512],
    [1000, 512],
    [10_240, 10_240],
    [2 ** 40 + 511, 2 ** 40],
  ])('of a file of %i bytes is %i', (bytes, expected) => {
    const disk = DiskFile.open(fileOf(bytes), WRITER);
    expect(disk.sizeBytes).toBe(expected);
    disk.close();
  });

  it('follows the file when it is told to', () => {
    const file = fileOf(4096);
    const disk = DiskFile.open(file, WRITER);
    fs.truncateSync(file, 8192);
    expect(disk.sizeBytes).toBe(4096);
    disk.refreshSize();
    expect(disk.sizeBytes).toBe(8192);
    fs.truncateSync(file, 0);
    expect(() => disk.refreshSize()).toThrow('holds 0 bytes');
    expect(disk.sizeBytes).toBe(8192);
    disk.close();
  });
});

describe('what is no disk', () => {
  it('is refused with what to do', () => {
    expect(refusal('/nowhere/disk.img', WRITER)).toMatchObject({
      message: 'there is no disk at /nowhere/disk.img',
      hint: 'Check the path, or make the disk.',
    });
    expect(refusal(directory, WRITER).message).toContain('neither a file nor a block device');
    expect(refusal('/dev/null', WRITER).message).toContain('neither a file nor a block device');
    expect(refusal(fileOf(0), WRITER).message).toContain('less than a sector');
    expect(refusal(fileOf(511), WRITER).hint).toContain('truncate');
  });

  it('without direct I/O, is refused when that is asked for', () => {
    const error = refusal('/proc/self/status', { readOnly: true, cache: 'direct' });
    expect(error.message).toContain('has no direct I/O');
    expect(error.hint).toBe('Let the host cache this disk.');
  });
});

describe('a disk', () => {
  it('has one writer', () => {
    const file = fileOf(4096);
    const writer = DiskFile.open(file, WRITER);
    expect(refusal(file, WRITER).message).toBe(`${file} is in use by another machine`);
    expect(refusal(file, READER).message).toBe(`${file} is in use by another machine`);
    writer.close();
    DiskFile.open(file, WRITER).close();
  });

  it('has any number of readers, and then no writer', () => {
    const file = fileOf(4096);
    const readers = [DiskFile.open(file, READER), DiskFile.open(file, READER)];
    expect(refusal(file, WRITER).hint).toContain('copy');
    for (const reader of readers) reader.close();
    DiskFile.open(file, WRITER).close();
  });

  it('is free again after an attempt that failed', () => {
    const file = fileOf(100);
    refusal(file, WRITER);
    fs.truncateSync(file, 512);
    DiskFile.open(file, WRITER).close();
  });

  it('knows its blocks and what direct I/O has to be aligned to', () => {
    const file = fileOf(1024 * 1024);
    const buffered = DiskFile.open(file, WRITER);
    expect(buffered.blockSize).toBe(512);
    expect(buffered.physicalBlockSize).toBe(fs.statSync(file).blksize);
    expect(buffered.alignment).toBeUndefined();
    buffered.close();

    const direct = DiskFile.open(file, { readOnly: false, cache: 'direct' });
    const { offset = 0, memory = 0 } = direct.alignment ?? {};
    expect([512, 1024, 2048, 4096]).toContain(offset);
    expect(Math.log2(memory) % 1).toBe(0);
    direct.close();
  });

  it('can discard, unless it is read-only', () => {
    const file = fileOf(1024 * 1024);
    const writer = DiskFile.open(file, WRITER);
    expect(writer.canDiscard).toBe(true);
    expect(fs.statSync(file).size).toBe(1024 * 1024);
    writer.close();
    const reader = DiskFile.open(file, READER);
    expect(reader.canDiscard).toBe(false);
    reader.close();
  });
});
