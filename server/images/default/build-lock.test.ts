import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { identifyProcess } from '../../process/identity';
import { takeBuildLock } from './build-lock';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'virtdeck-lock-'));
  path = join(directory, 'lock');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('is given to one after the other', async () => {
  const onWait = vi.fn();
  const release = await takeBuildLock(path, undefined, onWait);
  let second = false;
  const waiting = takeBuildLock(path, undefined, onWait).then((give) => {
    second = true;
    return give;
  });
  await vi.waitFor(() => expect(onWait).toHaveBeenCalledExactlyOnceWith(process.pid));
  expect(second).toBe(false);
  release();
  (await waiting)();
  expect(readdirSync(directory)).toEqual([]);
});

it('is waited for no longer than wanted', async () => {
  writeFileSync(path, JSON.stringify(identifyProcess(process.pid)));
  const stop = new AbortController();
  const waiting = takeBuildLock(path, stop.signal, () => stop.abort(new Error('enough')));
  await expect(waiting).rejects.toThrow('enough');
});
