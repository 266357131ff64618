import type { BootConfig } from '../machine/config-boot';

/** What is to be booted and what it is told, whichever the protocol. */
export interface BootRequest {
  readonly boot: BootConfig;
  /** What the host needs on the command line; options of Linux. */
  readonly hostWords: readonly string[];
  /** Guest physical address of ACPI's root pointer. */
  readonly acpiRsdp: number;
}
