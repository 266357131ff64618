import { FLAG } from '../kvm/abi';
import type { CpuidEntry } from './cpuid-table';

/** Which of a machine's vCPUs a table is for. */
export interface VcpuPlace {
  /** Its APIC id too. */
  readonly index: number;
  readonly vcpus: number;
}

/**
 * Tells a vCPU where it is: one package of `vcpus` cores with a thread each, the first two levels
 * of cache a core's own, the last one shared by all. SDM 2A, CPUID, leaf by leaf as below; for AMD's
 * leaves APM 3, appendix E.
 *
 * Where a field holds a count of APIC ids, that is a power of two: ids are made of bit fields.
 */
export function withTopology(entries: readonly CpuidEntry[], place: VcpuPlace): CpuidEntry[] {
  const registers = entries
    .filter(({ leaf }) => !REWRITTEN.includes(leaf))
    .map((entry) => placed(entry, place, isAmd(entries)));
  const basic = maxLeaf(entries, 0);
  const levels = [LEAF.topology, LEAF.topologyV2]
    .filter((leaf) => leaf <= basic)
    .flatMap((leaf) => topologyLevels(leaf, place));
  return [...registers, ...levels];
}

const LEAF = {
  features: 0x1,
  caches: 0x4,
  topology: 0xb,
  topologyV2: 0x1f,
  amdFeatures: 0x8000_0001,
  amdSizes: 0x8000_0008,
  amdCaches: 0x8000_001d,
  amdTopology: 0x8000_001e,
  /** AMD's extended topology: not there, so that guests read leaf 0xB. */
  amdTopologyV2: 0x8000_0026,
} as const;

const REWRITTEN: readonly number[] = [LEAF.topology, LEAF.topologyV2, LEAF.amdTopologyV2];

/** Leaf 1, EDX: EBX says how many APIC ids the package has. */
const HTT = 1 << 28;
/** Leaf 8000_0001, ECX: several cores, not threads. */
const CMP_LEGACY = 1 << 1;
/** From this level on a cache is shared; leaf 4, EAX bits 5 to 7. */
const FIRST_SHARED_LEVEL = 3;

/** Bits of an APIC id that tell the cores of the package apart. */
function coreBits(vcpus: number): number {
  return Math.ceil(Math.log2(vcpus));
}

function placed(entry: CpuidEntry, { index, vcpus }: VcpuPlace, amd: boolean): CpuidEntry {
  const bits = coreBits(vcpus);
  const ids = 2 ** bits;
  switch (entry.leaf) {
    case LEAF.features:
      return {
        ...entry,
        // Intel counts APIC ids here, AMD logical processors; the top byte is the initial APIC id.
        ebx: (entry.ebx & 0x0000_ffff) | ((amd ? vcpus : ids) << 16) | (index << 24),
        edx: vcpus > 1 ? entry.edx | HTT : entry.edx & ~HTT,
      };
    case LEAF.caches:
      return withSharing(entry, ids - 1, (ids - 1) << 26);
    case LEAF.amdFeatures:
      if (!amd) return entry;
      return { ...entry, ecx: vcpus > 1 ? entry.ecx | CMP_LEGACY : entry.ecx & ~CMP_LEGACY };
    case LEAF.amdSizes:
      return amd ? { ...entry, ecx: (bits << 12) | (vcpus - 1) } : entry;
    case LEAF.amdCaches:
      return amd ? withSharing(entry, vcpus - 1, 0) : entry;
    case LEAF.amdTopology:
      // The extended APIC id; the core's number, a thread in it; node 0 of one.
      return amd ? { ...entry, eax: index, ebx: index, ecx: 0, edx: 0 } : entry;
    default:
      return entry;
  }
}

/** Leaf 4, EAX: who shares the cache in bits 14 to 25, `package` above. */
function withSharing(entry: CpuidEntry, shared: number, package_: number): CpuidEntry {
  const isCache = (entry.eax & 0x1f) !== 0;
  if (!isCache) return entry;
  const level = (entry.eax >>> 5) & 7;
  const sharing = level >= FIRST_SHARED_LEVEL ? shared : 0;
  return { ...entry, eax: (entry.eax & 0x3fff) | (sharing << 14) | package_ };
}

const NO_LEVEL = 0;
const THREAD = 1;
const CORE = 2;

/** Leaves 0xB and 0x1F: the threads of a core, the cores of the package, and that this is all. */
function topologyLevels(leaf: number, { index, vcpus }: VcpuPlace): CpuidEntry[] {
  const level = (subleaf: number, type: number, shift: number, processors: number): CpuidEntry => ({
    leaf,
    subleaf,
    flags: FLAG.KVM_CPUID_FLAG_SIGNIFCANT_INDEX,
    eax: shift,
    ebx: processors,
    ecx: subleaf | (type << 8),
    edx: index,
  });
  return [level(0, THREAD, 0, 1), level(1, CORE, coreBits(vcpus), vcpus), level(2, NO_LEVEL, 0, 0)];
}

/** The highest leaf of a range, which its first leaf says. */
export function maxLeaf(entries: readonly CpuidEntry[], range: number): number {
  return entries.find(({ leaf }) => leaf === range)?.eax ?? 0;
}

/** EBX of leaf 0: "Auth" of AuthenticAMD, "Hygo" of HygonGenuine, which is laid out the same. */
const AMD_VENDORS = [0x6874_7541, 0x6f67_7948];

function isAmd(entries: readonly CpuidEntry[]): boolean {
  return entries.some(({ leaf, ebx }) => leaf === 0 && AMD_VENDORS.includes(ebx));
}
