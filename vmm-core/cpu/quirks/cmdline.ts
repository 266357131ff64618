import type { CpuTemplate } from '../cpu-template';
import type { HostQuirks } from './host-quirks';

/**
 * Features that Linux must not use in kernel mode where that is emulated, though CPUID shows them:
 * the emulator lacks their instructions, or runs them a byte at a time (ERMS, FSRM). XSAVE stays:
 * user programs see AVX in CPUID and in XGETBV, so the kernel has to save it; only the forms that
 * are not plain XSAVE go. RDRAND and RDSEED stay too: completing them is cheaper than a kernel that
 * has to gather entropy. The numbers are Linux' own, 32 for each word of
 * arch/x86/include/asm/cpufeatures.h, which mirror the bits of CPUID and never change.
 *
 * Names would read better, but Linux looks at the first 127 characters of `clearcpuid=` only.
 */
const word = (index: number, bit: number): number => index * 32 + bit;

const CLEARED = [
  word(1, 27), // rdtscp
  word(4, 13), // cx16
  word(4, 17), // pcid
  word(4, 21), // x2apic
  word(4, 23), // popcnt
  word(9, 0), // fsgsbase
  word(9, 3), // bmi1
  word(9, 7), // smep
  word(9, 8), // bmi2
  word(9, 9), // erms
  word(9, 10), // invpcid
  word(9, 19), // adx
  word(9, 20), // smap
  word(9, 23), // clflushopt
  word(9, 24), // clwb
  word(10, 0), // xsaveopt
  word(10, 1), // xsavec
  word(10, 2), // xgetbv1
  word(10, 3), // xsaves
  word(16, 2), // umip
  word(16, 3), // pku
  word(16, 16), // la57
  word(16, 22), // rdpid
  word(18, 4), // fsrm
  word(18, 24), // amx_tile
];

/**
 * What the baseline has not and Linux would settle on at boot, though the next host may lack it.
 * What belongs to AVX must stay where the kernel saves it for user programs, which see it in CPUID
 * whatever the template says. All of both lists together is as much as Linux looks at.
 */
const BEYOND_BASELINE = [
  word(1, 26), // pdpe1gb
  word(4, 1), // pclmulqdq
  word(4, 25), // aes
  word(4, 30), // rdrand
  word(9, 18), // rdseed
  word(9, 29), // sha_ni
  word(16, 8), // gfni
];

/**
 * Work at boot that saves time later on a processor, and never earns it back where kernel code runs
 * a thousand times slower: patching lock prefixes, a 2 MiB page of per-CPU data to clear, splitting
 * pages to write-protect read-only data, a sysfs directory for each cache and parameter.
 */
const NOT_WORTH_IT = [
  'noreplace-smp',
  'percpu_alloc=page',
  'rodata=off',
  'initcall_blacklist=param_sysfs_init,slab_sysfs_init',
];

/** Words for the end of a Linux command line; other kernels ignore them. */
export function quirkCmdline(
  quirks: HostQuirks,
  template: CpuTemplate = 'host',
): readonly string[] {
  if (!quirks.cpuidUnmasked) return [];
  const cleared = [
    ...(quirks.kernelModeEmulated ? CLEARED : []),
    ...(template === 'baseline' ? BEYOND_BASELINE : []),
  ];
  return [
    ...(quirks.kernelModeEmulated ? NOT_WORTH_IT : []),
    ...(cleared.length > 0 ? [`clearcpuid=${cleared.join(',')}`] : []),
  ];
}
