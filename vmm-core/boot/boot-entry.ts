/** How the boot processor begins; addresses are guest physical. */
export type BootEntry = ProtectedModeEntry | LongModeEntry;

/** Flat 32-bit protected mode without paging. */
export interface ProtectedModeEntry {
  readonly mode: 'protected-32';
  readonly entry: number;
  /** What the protocol has in registers; the others are zero. */
  readonly registers: { readonly eax?: number; readonly ebx: number };
}

/** 64-bit mode on the page tables and the GDT of long-mode.ts. */
export interface LongModeEntry {
  readonly mode: 'long-64';
  readonly entry: number;
  readonly rsi: number;
  readonly pageTables: number;
  readonly gdt: number;
}
