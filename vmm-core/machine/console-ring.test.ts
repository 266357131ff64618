import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  consoleText,
  createConsoleRing,
  HEAD_BYTES,
  lastLines,
  readConsoleRing,
  TAIL_BYTES,
} from './console-file';
import { ConsoleRing, mapConsoleRing } from './console-ring';

describe('the console ring', () => {
  let directory: string;
  let file: string;
  let ring: ConsoleRing;

  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring-'));
    file = path.join(directory, 'console.ring');
    createConsoleRing(file);
    ring = new ConsoleRing(mapConsoleRing(file));
  });
  afterEach(() => fs.rmSync(directory, { recursive: true }));

  const print = (text: string): void => {
    for (const byte of Buffer.from(text)) ring.append(byte);
  };
  /** Byte N of this console is N modulo 251, so that every byte can be checked by its offset. */
  const fill = (count: number): void => {
    for (let i = 0; i < count; i++) ring.append(i % 251);
  };

  it('is private to its user', () => {
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  it('keeps what was printed, in the file too', () => {
    print('héllo 世界');
    expect(ring.read(0, 100)?.toString()).toBe('héllo 世界');
    expect(readConsoleRing(file)).toMatchObject({ written: 13, tailOffset: 0 });
    expect(consoleText(readConsoleRing(file)).toString()).toBe('héllo 世界');
  });

  it('keeps beginning and tail of more than it can hold', () => {
    const written = HEAD_BYTES + TAIL_BYTES + 12_345;
    fill(written);
    const { head, tail, tailOffset } = readConsoleRing(file);
    expect(head).toHaveLength(HEAD_BYTES);
    expect(tail).toHaveLength(TAIL_BYTES);
    expect(tailOffset).toBe(written - TAIL_BYTES);
    expect(tail.every((byte, i) => byte === (tailOffset + i) % 251)).toBe(true);
    expect(head.every((byte, i) => byte === i % 251)).toBe(true);
  });

  it('tells a reader where it can go on', () => {
    fill(HEAD_BYTES + TAIL_BYTES + 1000);
    expect(ring.firstKept(10)).toBe(10);
    expect(ring.firstKept(HEAD_BYTES)).toBe(HEAD_BYTES + 1000);
    expect(ring.firstKept(ring.end)).toBe(ring.end);
  });

  it('reads every byte once, in pieces of any size', () => {
    fill(HEAD_BYTES + 5000);
    let at = 0;
    while (at < ring.end) {
      const piece = ring.read(at, 777) ?? Buffer.alloc(0);
      expect(piece.every((byte, i) => byte === (at + i) % 251)).toBe(true);
      at += piece.length;
    }
    expect(at).toBe(ring.end);
  });

  it('notes the gap in the text between beginning and tail', () => {
    fill(HEAD_BYTES + TAIL_BYTES + 99);
    expect(consoleText(readConsoleRing(file)).includes('[99 bytes are no longer kept]')).toBe(true);
  });

  it('gives the last lines without colours and empty lines', () => {
    print('one\r\n\r\n\u001b[31mtwo\u001b[0m\r\nthree');
    expect(lastLines(readConsoleRing(file), 2)).toEqual(['two', 'three']);
  });

  it('refuses a file that is none', () => {
    const other = path.join(directory, 'other');
    fs.writeFileSync(other, 'x');
    expect(() => readConsoleRing(other)).toThrow('holds no console');
  });
});
