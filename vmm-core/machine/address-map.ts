/**
 * Guest physical addresses that are not RAM, all in the hole under 4 GiB. A device that is not in
 * this map has its place in the window of PCI memory.
 */
const MiB = 2 ** 20;

/** Where BARs lie: 512 MiB from the end of low RAM. */
export const PCI_MMIO_32 = { base: 0xc000_0000, size: 512 * MiB } as const;

/** Memory-mapped configuration space of one PCI bus. */
export const ECAM = { base: 0xe000_0000, size: MiB } as const;

/** Both are KVM's, at the addresses every PC has them. */
export const IO_APIC = { base: 0xfec0_0000, size: 0x1000 } as const;
export const LOCAL_APIC = { base: 0xfee0_0000, size: 0x1000 } as const;
