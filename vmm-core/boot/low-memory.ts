/**
 * Where in the first MiB the boot information lies, of whichever protocol: nothing is loaded below
 * 1 MiB. The first page is the MP table's, the BIOS area from 0xE0000 ACPI's. A kernel takes what
 * it wants to keep before it uses this memory; Linux leaves the first 64 KiB alone anyway.
 */

/** The structure that a register points to at entry. A page. */
export const BOOT_INFO = 0x6000;
/** A page, of which the command line takes the first half at most. */
export const CMDLINE = 0x7000;
export const MEMORY_MAP = 0x8000;
/** Descriptors of modules. */
export const MODULES = 0x8400;
export const BOOT_LOADER_NAME = 0x8c00;
export const GDT = 0x9000;
/** Six pages: see long-mode.ts. */
export const PAGE_TABLES = 0xa000;
/** The modules' command lines, MAX_CMDLINE_BYTES for each. */
export const MODULE_CMDLINES = 0x1_0000;
