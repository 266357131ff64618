import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { identifyProcess } from './identity';
import { tryLock } from './lock-file';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'virtdeck-lock-'));
  path = join(directory, 'lock');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function take(): () => void {
  const attempt = tryLock(path);
  if (!attempt.taken) throw new Error(`process ${attempt.owner.pid} has it`);
  return attempt.release;
}

it('is had by one at a time, and given back', () => {
  const release = take();
  expect(tryLock(path)).toEqual({ taken: false, owner: identifyProcess(process.pid) });
  release();
  take()();
  expect(readdirSync(directory)).toEqual([]);
});

it.each([
  ['a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, startTicks: 1 })],
  ['a process that has its pid from another', JSON.stringify({ pid: process.pid, startTicks: 1 })],
  ['nobody: it is cut short', '{"pid":'],
])('is taken from %s', (_whom, content) => {
  writeFileSync(path, content);
  take()();
  expect(readdirSync(directory)).toEqual([]);
});

it('is not taken away from the one who took it over', () => {
  const release = take();
  writeFileSync(path, JSON.stringify({ pid: process.pid, startTicks: 2 }));
  release();
  expect(readdirSync(directory)).toEqual(['lock']);
});

it('says when its directory cannot be written', () => {
  expect(() => tryLock(join(directory, 'no', 'lock'))).toThrow('ENOENT');
});
