import { describe, expect, it } from 'vitest';
import { vcpuCpuid } from './cpuid';
import { type CpuidEntry, decodeCpuid, encodeCpuid } from './cpuid-table';

const INTEL = { ebx: 0x756e_6547, edx: 0x4965_6e69, ecx: 0x6c65_746e };
const AMD = { ebx: 0x6874_7541, edx: 0x6974_6e65, ecx: 0x444d_4163 };
const ALL = 0xffff_ffff;

function entry(leaf: number, subleaf: number, registers: Partial<CpuidEntry> = {}): CpuidEntry {
  return { leaf, subleaf, flags: 0, eax: 0, ebx: 0, ecx: 0, edx: 0, ...registers };
}

const everything = { eax: ALL, ebx: ALL, ecx: ALL, edx: ALL };
/** Leaf 4 and 8000_001D: type data, unified; the level above it; 8-way and so on in EBX. */
const cache = (leaf: number, subleaf: number, level: number): CpuidEntry =>
  entry(leaf, subleaf, { flags: 1, eax: 0xffff_c000 | (level << 5) | 1, ebx: 0x02c0_003f });

/** A host with every feature there is. */
function host(vendor: Partial<CpuidEntry>): CpuidEntry[] {
  return [
    entry(0x0, 0, { eax: 0x24, ...vendor }),
    entry(0x1, 0, { ...everything, ebx: 0x5502_0800 }),
    ...[1, 2, 3].map((level) => cache(0x4, level - 1, level)),
    entry(0x4, 3, { flags: 1 }),
    entry(0x5, 0, everything),
    entry(0x6, 0, everything),
    entry(0x7, 0, { ...everything, flags: 1, eax: 1 }),
    entry(0x7, 1, { ...everything, flags: 1 }),
    entry(0xa, 0, everything),
    entry(0xb, 0, { flags: 1, ecx: 0x55 }),
    entry(0xd, 0, { ...everything, flags: 1 }),
    entry(0xd, 2, { flags: 1, eax: 0x100, ebx: 0x240 }),
    entry(0x1f, 0, { flags: 1 }),
    entry(0x4000_0000, 0, { ...everything, eax: 0x4000_0010 }),
    entry(0x4000_0001, 0, everything),
    entry(0x8000_0000, 0, { eax: 0x8000_0026 }),
    entry(0x8000_0001, 0, everything),
    entry(0x8000_0007, 0, everything),
    entry(0x8000_0008, 0, { ...everything, eax: 0x0034_3934 }),
    entry(0x8000_000a, 0, everything),
    ...[1, 2, 3].map((level) => cache(0x8000_001d, level - 1, level)),
    entry(0x8000_001e, 0, everything),
    entry(0x8000_0026, 0, { flags: 1, ...everything }),
  ];
}

type Place = { readonly index: number; readonly vcpus: number };
const ALONE = { index: 0, vcpus: 1 };

/** What CPUID answers, as KVM does it: a leaf that is not in the table is all zeros. */
function machine(
  supported: readonly CpuidEntry[],
  place: Place,
  template: 'host' | 'baseline' = 'host',
): (leaf: number, subleaf?: number) => CpuidEntry {
  const table = decodeCpuid(vcpuCpuid(encodeCpuid(supported), place, template));
  return (leaf, subleaf = 0) =>
    table.find((found) => found.leaf === leaf && found.subleaf === subleaf) ?? entry(leaf, subleaf);
}

const bit = (value: number, index: number): number => (value >>> index) & 1;
const bits = (value: number, low: number, high: number): number =>
  (value >>> low) & (2 ** (high - low + 1) - 1);

describe('a table of CPUID', () => {
  it('comes through the form of the kernel unchanged', () => {
    expect(decodeCpuid(encodeCpuid(host(INTEL)))).toEqual(
      host(INTEL).map((e) => ({ ...e, eax: e.eax >>> 0 })),
    );
  });

  it('offers the timer of the in-kernel APIC, which KVM adds to no table', () => {
    const supported = [entry(0x1, 0)];
    expect(bit(machine(supported, ALONE)(0x1).ecx, 24)).toBe(1);
    expect(bit(machine(supported, ALONE, 'baseline')(0x1).ecx, 24)).toBe(1);
  });
});

describe.each(['host', 'baseline'] as const)('the topology of the template %s', (template) => {
  it.each([
    [1, 0, 1],
    [2, 1, 2],
    [3, 2, 4],
    [4, 2, 4],
    [5, 3, 8],
    [64, 6, 64],
  ])('of %i vCPUs is one package of that many cores', (vcpus, coreBits, ids) => {
    const place = { index: vcpus - 1, vcpus };
    const cpuid = machine(host(INTEL), place, template);
    const features = cpuid(0x1);
    expect(bit(features.edx, 28)).toBe(vcpus > 1 ? 1 : 0);
    expect(bits(features.ebx, 24, 31)).toBe(vcpus - 1);
    expect(bits(features.ebx, 16, 23)).toBe(ids);
    // Brand index and the line of CLFLUSH are the host's.
    expect(features.ebx & 0xffff).toBe(0x0800);

    expect(cpuid(0xb, 0)).toMatchObject({ eax: 0, ebx: 1, ecx: 0x100, edx: vcpus - 1 });
    expect(cpuid(0xb, 1)).toMatchObject({ eax: coreBits, ebx: vcpus, ecx: 0x201, edx: vcpus - 1 });
    expect(cpuid(0xb, 2)).toMatchObject({ eax: 0, ebx: 0, ecx: 2, edx: vcpus - 1 });
  });

  it('shares the last level of cache among all, the others with nobody', () => {
    const cpuid = machine(host(INTEL), { index: 1, vcpus: 3 }, template);
    const sharing = [0, 1, 2].map((subleaf) => bits(cpuid(0x4, subleaf).eax, 14, 25));
    const cores = [0, 1, 2].map((subleaf) => bits(cpuid(0x4, subleaf).eax, 26, 31));
    expect(sharing).toEqual([0, 0, 3]);
    expect(cores).toEqual([3, 3, 3]);
    // What kind and size of cache it is stays; the end of the list stays the end.
    expect(cpuid(0x4, 2)).toMatchObject({ ebx: 0x02c0_003f });
    expect(bits(cpuid(0x4, 2).eax, 0, 7)).toBe(0x61);
    expect(cpuid(0x4, 3).eax).toBe(0);
  });

  it('is in the leaves of AMD on AMD', () => {
    const place = { index: 2, vcpus: 3 };
    const cpuid = machine(host(AMD), place, template);
    expect(bits(cpuid(0x1).ebx, 16, 23)).toBe(3);
    expect(bit(cpuid(0x8000_0001).ecx, 1)).toBe(1);
    expect(bits(cpuid(0x8000_0008).ecx, 0, 7)).toBe(2);
    expect(bits(cpuid(0x8000_0008).ecx, 12, 15)).toBe(2);
    expect(cpuid(0x8000_001e)).toMatchObject({ eax: 2, ebx: 2, ecx: 0 });
    const sharing = [0, 1, 2].map((subleaf) => bits(cpuid(0x8000_001d, subleaf).eax, 14, 25));
    expect(sharing).toEqual([0, 0, 2]);
    expect(cpuid(0x8000_0026)).toMatchObject({ eax: 0, ebx: 0, ecx: 0, edx: 0 });
  });

  it('is not legacy multi-core on AMD with one vCPU', () => {
    expect(bit(machine(host(AMD), ALONE, template)(0x8000_0001).ecx, 1)).toBe(0);
  });
});

describe('the template host', () => {
  it('is all that KVM gives', () => {
    const cpuid = machine(host(INTEL), ALONE);
    expect(cpuid(0x7)).toMatchObject({ ebx: ALL, ecx: ALL, edx: ALL });
    expect(cpuid(0xd, 2)).toMatchObject({ eax: 0x100, ebx: 0x240 });
    expect(cpuid(0x8000_0008).ecx).toBe(ALL);
  });

  it('has the second leaf of topology where there is one, like the first', () => {
    const place = { index: 3, vcpus: 4 };
    const cpuid = machine(host(INTEL), place);
    const { ecx, ...level } = cpuid(0xb, 1);
    expect(cpuid(0x1f, 1)).toEqual({ ...level, leaf: 0x1f, ecx });
    const older = host(INTEL).map((e) => (e.leaf === 0 ? { ...e, eax: 0x16 } : e));
    expect(machine(older, place)(0x1f, 1)).toEqual(entry(0x1f, 1));
  });
});

describe('the template baseline', () => {
  const cpuid = machine(host(INTEL), ALONE, 'baseline');

  it('has the instructions of x86-64-v2 and none that came later', () => {
    const { ecx, edx } = cpuid(0x1);
    // SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, POPCNT.
    for (const feature of [0, 9, 13, 19, 20, 23]) expect(bit(ecx, feature)).toBe(1);
    // PCLMULQDQ, MONITOR, VMX, FMA, MOVBE, AES, XSAVE, OSXSAVE, AVX, F16C, RDRAND.
    for (const feature of [1, 3, 5, 12, 22, 25, 26, 27, 28, 29, 30]) {
      expect(bit(ecx, feature)).toBe(0);
    }
    // FPU, CMPXCHG8B, CMOV, FXSR, SSE, SSE2; not the reserved ones.
    for (const feature of [0, 8, 15, 24, 25, 26]) expect(bit(edx, feature)).toBe(1);
    for (const feature of [10, 18, 20, 21, 22, 27, 29, 30, 31]) expect(bit(edx, feature)).toBe(0);
    // SYSCALL, NX, long mode, LAHF; not pages of 1 GiB, RDTSCP, SVM, LZCNT.
    const extended = cpuid(0x8000_0001);
    for (const feature of [11, 20, 29]) expect(bit(extended.edx, feature)).toBe(1);
    for (const feature of [26, 27]) expect(bit(extended.edx, feature)).toBe(0);
    expect(bit(extended.ecx, 0)).toBe(1);
    for (const feature of [2, 5]) expect(bit(extended.ecx, feature)).toBe(0);
  });

  it('has of leaf 7 the defences only', () => {
    const defences = [10, 26, 27, 31].reduce((mask, b) => mask + 2 ** b, 0);
    expect(cpuid(0x7)).toMatchObject({ eax: 0, ebx: 0, ecx: 0, edx: defences });
    expect(cpuid(0x7, 1)).toEqual(entry(0x7, 1));
  });

  it('has neither XSAVE nor performance counters nor an invariant TSC', () => {
    expect(cpuid(0x0).eax).toBe(0xd);
    for (const [leaf, subleaf] of [
      [0xd, 0],
      [0xd, 2],
      [0xa, 0],
      [0x5, 0],
      [0x8000_0007, 0],
      [0x8000_000a, 0],
    ] as const) {
      expect(cpuid(leaf, subleaf)).toEqual(entry(leaf, subleaf));
    }
  });

  it('has addresses that fit every host', () => {
    expect(cpuid(0x8000_0008).eax).toBe(0x3027);
    const small = host(INTEL).map((e) => (e.leaf === 0x8000_0008 ? { ...e, eax: 0x3024 } : e));
    expect(machine(small, ALONE, 'baseline')(0x8000_0008).eax).toBe(0x3024);
  });

  it('is never more than the host has', () => {
    const poor = host(INTEL).map((e) =>
      e.leaf === 0x1 || e.leaf === 0x8000_0001 ? { ...e, ecx: 0, edx: 0 } : e,
    );
    const table = machine(poor, ALONE, 'baseline');
    expect(table(0x1)).toMatchObject({ ecx: 1 << 24, edx: 0 });
    expect(table(0x8000_0001)).toMatchObject({ ecx: 0, edx: 0 });
  });

  it('tells of no leaf beyond those it has', () => {
    expect(cpuid(0x8000_0000).eax).toBe(0x8000_001e);
    expect(cpuid(0x4000_0000).eax).toBe(0x4000_0001);
    expect(cpuid(0x1f)).toEqual(entry(0x1f, 0));
  });

  it('keeps who made the processor and which it is', () => {
    expect(cpuid(0x0)).toMatchObject(INTEL);
    expect(cpuid(0x1).eax).toBe(ALL);
  });
});
