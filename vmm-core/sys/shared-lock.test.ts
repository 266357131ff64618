import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { SharedLock } from './shared-lock';

/** The same lock and a plain counter, used by another thread as fast as it can. */
const CONTENDER = `
const { workerData, parentPort } = require('node:worker_threads');
const words = new Int32Array(workerData.state);
const acquire = () => {
  if (Atomics.compareExchange(words, 0, 0, 1) === 0) return;
  while (Atomics.exchange(words, 0, 2) !== 0) Atomics.wait(words, 0, 2);
};
const release = () => { if (Atomics.exchange(words, 0, 0) === 2) Atomics.notify(words, 0, 1); };
for (let i = 0; i < workerData.rounds; i++) { acquire(); words[1]++; release(); }
parentPort.postMessage('done');
`;

describe('the shared lock', () => {
  it('lets one thread in at a time', async () => {
    const rounds = 100_000;
    const state = new SharedArrayBuffer(8);
    const words = new Int32Array(state);
    const worker = new Worker(CONTENDER, { eval: true, workerData: { state, rounds } });
    const done = new Promise((resolve) => worker.once('message', resolve));
    const lock = new SharedLock(words, 0);
    for (let i = 0; i < rounds; i++) {
      lock.acquire();
      words[1] = (words[1] ?? 0) + 1;
      lock.release();
    }
    await done;
    expect(words[1]).toBe(2 * rounds);
    expect(words[0]).toBe(0);
  });
});
