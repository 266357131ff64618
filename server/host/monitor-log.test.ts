import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLogEnd, rotatedLog, rotateLog } from './monitor-log';

const MIB = 1024 * 1024;

let directory: string;
let log: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'virtdeck-log-'));
  log = join(directory, 'monitor.log');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("a monitor's log", () => {
  it('is empty without a file, and whole when it is short', async () => {
    expect(await readLogEnd(log)).toBe('');
    appendFileSync(log, 'one\ntwo\n');
    expect(await readLogEnd(log)).toBe('one\ntwo\n');
  });

  it('is shown from the first whole line of its end', async () => {
    appendFileSync(log, `${'x'.repeat(99)}\n`.repeat(1000));
    const shown = await readLogEnd(log);
    expect(shown).toMatch(/^(x{99}\n)+$/);
    expect(shown.length).toBeGreaterThan(65_000);
    expect(shown.length).toBeLessThanOrEqual(65_536);
  });

  it('is put aside when it is long, while the monitor goes on writing', async () => {
    const writer = openSync(log, 'a');
    try {
      writeSync(writer, 'short\n');
      await rotateLog(log);
      expect(statSync(log).size).toBe(6);
      for (let round = 0; round < 3; round += 1) {
        writeSync(writer, `${'y'.repeat(MIB)}\nround ${round}\n`);
        await rotateLog(log);
        expect(statSync(log).size).toBe(0);
      }
      writeSync(writer, 'after\n');
      expect(statSync(rotatedLog(log)).size).toBeLessThan(MIB + 20);
      expect(await readLogEnd(log)).toBe('round 2\nafter\n');
    } finally {
      closeSync(writer);
    }
  });

  it('is cut off all the same where nothing can be put aside', async () => {
    appendFileSync(log, 'x'.repeat(2 * MIB));
    // As on a full disk, it cannot be written.
    mkdirSync(rotatedLog(log));
    await rotateLog(log);
    expect(statSync(log).size).toBe(0);
    expect(await readLogEnd(log)).toBe('');
  });
});
