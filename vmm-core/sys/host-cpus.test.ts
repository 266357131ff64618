import { describe, expect, it } from 'vitest';
import { hostCpus, parseCpuList } from './host-cpus';

describe("the host's processors", () => {
  it.each([
    ['0\n', [0]],
    ['0-3\n', [0, 1, 2, 3]],
    ['0-1,4,6-7\n', [0, 1, 4, 6, 7]],
    ['\n', []],
  ])('are read from the list %j', (text, cpus) => {
    expect(parseCpuList(text)).toEqual(cpus);
  });

  it('are at least the one this runs on', () => {
    expect(hostCpus().length).toBeGreaterThan(0);
  });
});
