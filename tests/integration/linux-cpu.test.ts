import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithKvm } from '../support/kvm';
import { Linux } from '../support/linux';

describeWithKvm('Linux on a baseline processor with two vCPUs', () => {
  let linux: Linux;

  beforeAll(async () => {
    linux = await Linux.start({ vcpus: 2, config: { cpu: { template: 'baseline' } } });
    await linux.untilPrompt();
  });
  afterAll(() => linux?.remove());

  async function flags(): Promise<string[]> {
    return (await linux.run('grep -m1 ^flags /proc/cpuinfo')).split(/\s+/);
  }

  it('has the instructions of x86-64-v2', async () => {
    expect(await flags()).toEqual(
      expect.arrayContaining(['sse2', 'ssse3', 'sse4_1', 'sse4_2', 'lahf_lm', 'syscall', 'nx']),
    );
  });

  it('settles on none that another host may lack', async () => {
    const settled = await flags();
    for (const feature of ['aes', 'pclmulqdq', 'rdrand', 'rdseed', 'sha_ni', 'gfni', 'pdpe1gb']) {
      expect(settled).not.toContain(feature);
    }
  });

  it('finds both vCPUs', async () => {
    expect(await linux.run('grep -c ^processor /proc/cpuinfo')).toBe('2');
  });
});
