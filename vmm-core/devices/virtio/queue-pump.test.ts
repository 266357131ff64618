import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MORE, QueuePump, type Serve, WAIT } from './queue-pump';
import { TestDriver } from './testing/driver';
import { turns } from './testing/hostile-chains';

describe('a queue served in turns', () => {
  let driver: TestDriver;
  let pump: QueuePump;
  let served: number[];
  /** What is said of each chain, in order; then 0. */
  let verdicts: number[];

  const serve: Serve = (chain) => {
    served.push(chain.head);
    return verdicts.shift() ?? 0;
  };
  const send = (count: number): number[] =>
    Array.from({ length: count }, () => driver.send({ space: 8 }));
  const heads = (): number[] => driver.takeUsed().map(({ head }) => head);

  beforeEach(() => {
    driver = new TestDriver(512);
    served = [];
    verdicts = [];
    pump = new QueuePump((chain, queue) => serve(chain, queue));
  });
  afterEach(() => {
    pump.stop();
    driver.release();
  });

  it('gives back what was served with the bytes written, and one interrupt for all', () => {
    const sent = send(3);
    verdicts = [5, 0, 8];
    pump.start(driver.ram.memory, driver.queue);
    expect(driver.takeUsed()).toEqual([
      { head: sent[0], written: 5 },
      { head: sent[1], written: 0 },
      { head: sent[2], written: 8 },
    ]);
    expect(driver.interrupts).toBe(1);
  });

  it('serves a chain again that had more to do, before any other', async () => {
    const [first, second] = send(2);
    verdicts = [MORE, MORE, 1];
    pump.start(driver.ram.memory, driver.queue);
    expect(driver.takeUsed()).toEqual([]);
    await turns(4);
    expect(served).toEqual([first, first, first, second]);
    expect(heads()).toEqual([first, second]);
  });

  it('lets a chain wait, and those behind it, whoever rings', async () => {
    const [first, second] = send(2);
    verdicts = [0, WAIT];
    pump.start(driver.ram.memory, driver.queue);
    expect(heads()).toEqual([first]);
    pump.notify();
    await turns();
    expect(served).toEqual([first, second]);
    pump.resume();
    expect(heads()).toEqual([second]);
  });

  it('goes on in another turn after many chains', async () => {
    send(400);
    pump.start(driver.ram.memory, driver.queue);
    expect(driver.takeUsed()).toHaveLength(256);
    await turns();
    expect(driver.takeUsed()).toHaveLength(144);
  });

  it('ends a turn early when told so', async () => {
    send(2);
    pump = new QueuePump(() => {
      pump.endTurn();
      return 0;
    });
    pump.start(driver.ram.memory, driver.queue);
    expect(driver.takeUsed()).toHaveLength(1);
    await turns();
    expect(driver.takeUsed()).toHaveLength(1);
  });

  it('touches nothing after a stop, be it in the middle of a chain', async () => {
    send(2);
    pump = new QueuePump(() => {
      pump.stop();
      return 8;
    });
    pump.start(driver.ram.memory, driver.queue);
    pump.resume();
    await turns();
    expect(driver.takeUsed()).toEqual([]);
  });

  it('forgets what waited when it is started anew', () => {
    send(1);
    verdicts = [WAIT];
    pump.start(driver.ram.memory, driver.queue);
    pump.stop();
    const again = new TestDriver(8, {}, driver.ram);
    const head = again.send({ space: 4 });
    pump.start(again.ram.memory, again.queue);
    expect(again.takeUsed()).toEqual([{ head, written: 0 }]);
  });

  it('has nothing to do for a queue that the driver did not enable', () => {
    pump.start(driver.ram.memory, undefined);
    pump.notify();
    expect(served).toEqual([]);
  });
});
