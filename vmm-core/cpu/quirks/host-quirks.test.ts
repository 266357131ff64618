import { describe, expect, it } from 'vitest';
import type { CpuTemplate } from '../cpu-template';
import { quirkCmdline } from './cmdline';
import { type HostQuirks, NO_QUIRKS, quirkNames } from './host-quirks';

const ALL: HostQuirks = {
  syscallStaysInUserMode: true,
  cpuidUnmasked: true,
  kernelModeEmulated: true,
};

const OPTION = 'clearcpuid=';

/** Linux' numbers of the features that the command line clears. */
function cleared(quirks: HostQuirks, template: CpuTemplate): number[] {
  const word = quirkCmdline(quirks, template).find((w) => w.startsWith(OPTION)) ?? OPTION;
  return word.slice(OPTION.length).split(',').map(Number);
}

describe('quirks of a host', () => {
  it('have names, and an ordinary host has none', () => {
    expect(quirkNames(NO_QUIRKS)).toEqual([]);
    expect(quirkNames(ALL)).toEqual([
      'syscall-stays-in-user-mode',
      'cpuid-unmasked',
      'kernel-mode-emulated',
    ]);
  });

  it('add nothing to the command line of an ordinary host', () => {
    expect(quirkCmdline(NO_QUIRKS)).toEqual([]);
    expect(quirkCmdline({ ...ALL, cpuidUnmasked: false })).toEqual([]);
  });

  it.each(['host', 'baseline'] as const)(
    'clear features in no more bytes than Linux looks at, for the template %s',
    (template) => {
      const features = cleared(ALL, template).join(',');
      expect(features.length).toBeGreaterThan(0);
      expect(features.length).toBeLessThan(128);
    },
  );

  it('clear for the baseline what its table could not hide', () => {
    const AES = 4 * 32 + 25;
    expect(cleared(ALL, 'host')).not.toContain(AES);
    expect(cleared(ALL, 'baseline')).toEqual(
      expect.arrayContaining([...cleared(ALL, 'host'), AES]),
    );
    expect(cleared({ ...NO_QUIRKS, cpuidUnmasked: true }, 'baseline')).toContain(AES);
    expect(quirkCmdline(NO_QUIRKS, 'baseline')).toEqual([]);
  });
});
