import { afterAll, beforeAll, expect, it } from 'vitest';
import { crashDay } from '../crash/campaign';
import { TestConsole } from '../support/console';
import { describeWithKvm } from '../support/kvm';

const KILLS = 8;
const SEED = 4;

describeWithKvm('a console that is killed in the middle of its work', () => {
  let console: TestConsole;

  beforeAll(async () => {
    console = await TestConsole.start();
  });
  afterAll(() => console?.remove());

  it('loses nothing, doubles nothing and leaves nothing behind', async () => {
    const { faults, kills, steps } = await crashDay(console, KILLS, SEED);
    expect(faults).toEqual([]);
    expect(kills).toBe(KILLS);
    expect(steps).toBeGreaterThan(20);
  }, 120_000);
});
