import { describe, expect, it } from 'vitest';
import { quirkCmdline } from './cmdline';
import { type HostQuirks, NO_QUIRKS, quirkNames } from './host-quirks';

const ALL: HostQuirks = {
  syscallStaysInUserMode: true,
  cpuidUnmasked: true,
  kernelModeEmulated: true,
};

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

  it('clear features in no more bytes than Linux looks at', () => {
    const cleared = quirkCmdline(ALL).find((word) => word.startsWith('clearcpuid='));
    expect(cleared?.slice('clearcpuid='.length).length).toBeLessThan(128);
  });
});
