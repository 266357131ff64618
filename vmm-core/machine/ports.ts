/**
 * The I/O ports of the machine, and who serves them. Ports of the in-kernel PICs and PIT (0x20,
 * 0x40, 0x61, 0xA0, 0x4D0) never come to us.
 */
export const PORTS = {
  i8042: { first: 0x60, count: 5 },
  rtc: { first: 0x70, count: 2 },
  debugExit: { first: 0xf4, count: 4 },
  com1: { first: 0x3f8, count: 8 },
  pvpanic: { first: 0x505, count: 1 },
  acpiPm1Event: { first: 0x600, count: 4 },
  acpiPm1Control: { first: 0x604, count: 2 },
  acpiTimer: { first: 0x608, count: 4 },
  /** CONFIG_ADDRESS and CONFIG_DATA of PCI, with the reset control register in the second byte. */
  pciConfig: { first: 0xcf8, count: 8 },
} as const;

/** What the device host serves: everything but the UART, which vCPUs serve in place. */
export const DEVICE_HOST_PORTS = Object.values(PORTS).filter((range) => range !== PORTS.com1);

/** The input of the interrupt controllers that COM1 has on a PC. */
export const COM1_IRQ = 4;

/** The ACPI interrupt: level-triggered, active high, as the tables say. */
export const SCI_IRQ = 9;
