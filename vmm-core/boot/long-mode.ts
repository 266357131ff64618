import { GiB } from '../memory/address-space';
import type { GuestMemory } from '../memory/guest-memory';
import { GDT, PAGE_TABLES } from './low-memory';

/**
 * What a processor needs in memory to begin in 64-bit mode: page tables that map the low 4 GiB one
 * to one, and a GDT. Linux wants the selectors to be these; Documentation/x86/boot.rst, "64-bit
 * Boot Protocol".
 */
export const BOOT_CS = 0x10;
export const BOOT_DS = 0x18;
/** Null, unused, code, data. */
const DESCRIPTORS = [0n, 0n, 0x00af_9b00_0000_ffffn, 0x00cf_9300_0000_ffffn];
export const GDT_BYTES = DESCRIPTORS.length * 8;

// A PML4, a PDPT, and a page directory for each GiB; SDM 3A, 4.5.
const PAGE = 4096;
const LARGE_PAGE_BYTES = 2 * 1024 * 1024;
const MAPPED_GIB = 4;
const PDPT = PAGE_TABLES + PAGE;
const DIRECTORIES = PDPT + PAGE;
const PRESENT_WRITABLE = 0x3;
const LARGE = 0x80;

/** @returns the values of CR3 and of GDTR's base */
export function writeLongMode(memory: GuestMemory): { pageTables: number; gdt: number } {
  DESCRIPTORS.forEach((descriptor, i) => {
    memory.writeU64(GDT + i * 8, descriptor);
  });
  memory.writeU64(PAGE_TABLES, BigInt(PDPT | PRESENT_WRITABLE));
  for (let i = 0; i < MAPPED_GIB; i++) {
    memory.writeU64(PDPT + i * 8, BigInt((DIRECTORIES + i * PAGE) | PRESENT_WRITABLE));
  }
  for (let i = 0; i < (MAPPED_GIB * GiB) / LARGE_PAGE_BYTES; i++) {
    memory.writeU64(DIRECTORIES + i * 8, BigInt(i * LARGE_PAGE_BYTES + (LARGE | PRESENT_WRITABLE)));
  }
  return { pageTables: PAGE_TABLES, gdt: GDT };
}
