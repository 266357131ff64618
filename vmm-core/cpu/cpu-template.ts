import type { CpuidEntry } from './cpuid-table';

/**
 * What processor a guest sees: `host` shows all that KVM can give here; `baseline` shows the same on
 * every host, so that a guest which was saved on one goes on where another restores it.
 */
export const CPU_TEMPLATES = ['host', 'baseline'] as const;
export type CpuTemplate = (typeof CPU_TEMPLATES)[number];

/** What fits into the smallest physical address space that processors of the last decade have. */
export const BASELINE_PHYSICAL_BITS = 39;
const BASELINE_LINEAR_BITS = 48;

/**
 * The table for a template, still without topology.
 * @param supported what KVM_GET_SUPPORTED_CPUID says
 */
export function templateCpuid(
  supported: readonly CpuidEntry[],
  template: CpuTemplate,
): readonly CpuidEntry[] {
  return template === 'host' ? supported : supported.flatMap(baselineEntry);
}

function bits(positions: Readonly<Record<string, number>>): number {
  return Object.values(positions).reduce((mask, bit) => mask | (1 << bit), 0) >>> 0;
}

/**
 * The instructions of x86-64-v2 (System V ABI, AMD64 supplement, 3.1.1), which every 64-bit server
 * since 2011 has, and what the machine itself gives: timers, APICs, page table features.
 * SDM 2A, CPUID, leaf 01H.
 */
const FEATURES_ECX = bits({
  sse3: 0,
  ssse3: 9,
  cmpxchg16b: 13,
  sse41: 19,
  sse42: 20,
  x2apic: 21,
  popcnt: 23,
  tscDeadline: 24,
  hypervisor: 31,
});
const FEATURES_EDX = bits({
  fpu: 0,
  vme: 1,
  de: 2,
  pse: 3,
  tsc: 4,
  msr: 5,
  pae: 6,
  mce: 7,
  cmpxchg8b: 8,
  apic: 9,
  sysenter: 11,
  mtrr: 12,
  pge: 13,
  mca: 14,
  cmov: 15,
  pat: 16,
  pse36: 17,
  clflush: 19,
  mmx: 23,
  fxsr: 24,
  sse: 25,
  sse2: 26,
});

/**
 * Leaf 07H, EDX: the controls against speculation. Processors got them by microcode; a guest that
 * did not see them would be without defence. IA32_ARCH_CAPABILITIES is not among them: it tells
 * what a processor need not be defended against, and the next host may not be as well off.
 */
const SPECULATION_EDX = bits({ mdClear: 10, ibrsAndIbpb: 26, stibp: 27, ssbd: 31 });
/** The same on AMD, leaf 8000_0008, EBX; APM 3, appendix E. */
const SPECULATION_EBX = bits({ ibpb: 12, ibrs: 14, stibp: 15, ssbd: 24 });

/** Leaf 06H, EAX: the APIC's timer runs in every power state, as KVM's does. */
const ALWAYS_RUNNING_TIMER = 1 << 2;

/** Leaf 8000_0001: LAHF in 64-bit mode; AMD's marks of what the topology leaves say. */
const EXTENDED_ECX = bits({ lahf: 0, cmpLegacy: 1, topologyExtensions: 22 });
/** AMD has many bits of leaf 1 here again, in the same places: 0 to 9, 12 to 17, 23 and 24. */
const REPEATED_EDX = FEATURES_EDX & 0x0183_f3ff;
const EXTENDED_EDX = REPEATED_EDX | bits({ syscall: 11, noExecute: 20, longMode: 29 });

/** KVM's own, of kernels older than ten years; Linux' Documentation/virt/kvm/x86/cpuid.rst. */
const PARAVIRTUAL_EAX = bits({
  clockSource: 0,
  noIoDelay: 1,
  clockSource2: 3,
  stealTime: 5,
  endOfInterrupt: 6,
  unhalt: 7,
  clockSourceStable: 24,
});

const ALL = 0xffff_ffff;
/** The leaf of XSAVE is the last: it is there, and says that there is none. */
const BASELINE_MAX_LEAF = 0xd;
const BASELINE_MAX_EXTENDED_LEAF = 0x8000_001e;
const BASELINE_MAX_HYPERVISOR_LEAF = 0x4000_0001;

interface Masks {
  readonly eax?: number;
  readonly ebx?: number;
  readonly ecx?: number;
  readonly edx?: number;
}

/**
 * What stays of each leaf; a register that is not named reads as zero, and so does a leaf that is
 * not here: MONITOR (5), performance counters (0AH), XSAVE and with it AVX and all that came after
 * (0DH), SGX, PT, AMX (12H and up), the invariant TSC (8000_0007), SVM, SEV.
 *
 * Family, model and caches stay the host's: a kernel chooses its defences by them when it boots, and
 * a guest that is restored elsewhere keeps the table it booted with.
 */
const KEPT: ReadonlyMap<number, Masks> = new Map([
  [0x0, { eax: ALL, ebx: ALL, ecx: ALL, edx: ALL }],
  [0x1, { eax: ALL, ebx: ALL, ecx: FEATURES_ECX, edx: FEATURES_EDX }],
  [0x2, { eax: ALL, ebx: ALL, ecx: ALL, edx: ALL }],
  [0x4, { eax: ALL, ebx: ALL, ecx: ALL, edx: ALL }],
  [0x6, { eax: ALWAYS_RUNNING_TIMER }],
  [0x7, { edx: SPECULATION_EDX }],
  [0x4000_0000, { eax: ALL, ebx: ALL, ecx: ALL, edx: ALL }],
  [0x4000_0001, { eax: PARAVIRTUAL_EAX }],
  [0x8000_0000, { eax: ALL, ebx: ALL, ecx: ALL, edx: ALL }],
  [0x8000_0001, { eax: ALL, ecx: EXTENDED_ECX, edx: EXTENDED_EDX }],
  [0x8000_0002, { eax: ALL, ebx: ALL, ecx: ALL, edx: ALL }],
  [0x8000_0003, { eax: ALL, ebx: ALL, ecx: ALL, edx: ALL }],
  [0x8000_0004, { eax: ALL, ebx: ALL, ecx: ALL, edx: ALL }],
  [0x8000_0005, { eax: ALL, ebx: ALL, ecx: ALL, edx: ALL }],
  [0x8000_0006, { eax: ALL, ebx: ALL, ecx: ALL, edx: ALL }],
  [0x8000_0008, { eax: ALL, ebx: SPECULATION_EBX, ecx: ALL }],
  [0x8000_001d, { eax: ALL, ebx: ALL, ecx: ALL, edx: ALL }],
  [0x8000_001e, { eax: ALL, ebx: ALL, ecx: ALL }],
]);

/** @returns the entry as a guest of the baseline sees it, or nothing where it has no such leaf */
function baselineEntry(entry: CpuidEntry): readonly CpuidEntry[] {
  const masks = KEPT.get(entry.leaf);
  // Further sub-leaves of leaf 7 are features too; leaf 4 and 8000_001D have one a cache.
  if (masks === undefined || (entry.leaf === 0x7 && entry.subleaf > 0)) return [];
  return [
    {
      ...entry,
      eax: (limited(entry) & (masks.eax ?? 0)) >>> 0,
      ebx: (entry.ebx & (masks.ebx ?? 0)) >>> 0,
      ecx: (entry.ecx & (masks.ecx ?? 0)) >>> 0,
      edx: (entry.edx & (masks.edx ?? 0)) >>> 0,
    },
  ];
}

/** EAX of the leaves that hold no bits in it but numbers. */
function limited({ leaf, eax }: CpuidEntry): number {
  switch (leaf) {
    case 0x0:
      return BASELINE_MAX_LEAF;
    case 0x4000_0000:
      return Math.min(eax, BASELINE_MAX_HYPERVISOR_LEAF);
    case 0x8000_0000:
      return Math.min(eax, BASELINE_MAX_EXTENDED_LEAF);
    case 0x8000_0008:
      // Physical and linear bits; the third byte, those of a nested guest, falls back to the first.
      return (
        Math.min(eax & 0xff, BASELINE_PHYSICAL_BITS) |
        (Math.min((eax >>> 8) & 0xff, BASELINE_LINEAR_BITS) << 8)
      );
    default:
      return eax;
  }
}
