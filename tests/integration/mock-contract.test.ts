import { expect, it, vi } from 'vitest';
import { MockConsole } from '../../components/api/testing/mock/mock-console';
import { ApiClient } from '../../server/api/client';
import { apiOf } from '../support/api';
import { liveThroughADay } from '../support/api-scenario';
import { TestConsole } from '../support/console';
import { describeWithKvm } from '../support/kvm';

describeWithKvm('the mock of component tests', () => {
  it('answers as the console does, word for word', async () => {
    const console = await TestConsole.start();
    const mock = new MockConsole();
    try {
      const api = await apiOf(console);
      mock.world.host = await api.call('getHost', {});
      const real = await liveThroughADay(api);

      vi.stubGlobal('fetch', mock.fetch);
      const mocked = await liveThroughADay(new ApiClient(console.address, undefined));
      expect(mocked).toEqual(real);
    } finally {
      vi.unstubAllGlobals();
      await console.remove();
    }
  });
});
