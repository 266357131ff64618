import { afterAll, beforeAll, expect, it } from 'vitest';
import { fuzzApi } from '../fuzz/api/campaign';
import { TestConsole } from '../support/console';
import { describeWithKvm } from '../support/kvm';

const REQUESTS = 1000;
const SEED = 20_261_123;

describeWithKvm('the API, asked good and bad things by everybody', () => {
  let console: TestConsole;

  beforeAll(async () => {
    console = await TestConsole.start();
  });
  afterAll(() => console?.remove());

  it('answers as its document says, and never with a fault of its own', async () => {
    const { findings, requests, statuses } = await fuzzApi(console, REQUESTS, SEED);
    expect(findings).toEqual([]);
    expect(requests).toBe(REQUESTS);
    // It was let in, and it was refused.
    for (const status of [200, 201, 204, 400, 401, 403, 404, 409, 422]) {
      expect(statuses.get(status), `answers ${status}`).toBeGreaterThan(0);
    }
  }, 180_000);
});
