import { PORTS, SCI_IRQ } from '../../machine/ports';
import { HEADER_BYTES, table } from './table';

/** The fixed description table; ACPI 6.5, 5.2.9. Offsets are from the start of the table. */
const REVISION = 6;
const MINOR_REVISION = 5;
const BYTES = 276;

const AT = {
  dsdt: 40,
  sciInterrupt: 46,
  pm1aEvent: 56,
  pm1aControl: 64,
  pmTimer: 76,
  pm1EventLength: 88,
  pm1ControlLength: 89,
  pmTimerLength: 91,
  c2Latency: 96,
  c3Latency: 98,
  century: 108,
  bootFlags: 109,
  flags: 112,
  resetRegister: 116,
  resetValue: 128,
  minorRevision: 131,
  xDsdt: 140,
  xPm1aEvent: 148,
  xPm1aControl: 172,
  xPmTimer: 208,
} as const;

// IAPC_BOOT_ARCH; 5.2.9.3.
const LEGACY_DEVICES = 1 << 0;
const NO_VGA = 1 << 2;

// Fixed feature flags; 5.2.9, table 5.10.
const WBINVD = 1 << 0;
const PROC_C1 = 1 << 2;
/** There is no sleep button, and the clock does not wake the machine. */
const NO_SLEEP_BUTTON = 1 << 5;
const NO_RTC_WAKE = 1 << 6;
const TIMER_32_BITS = 1 << 8;
const RESET_SUPPORTED = 1 << 10;

/** Latencies that say: there is no such state. */
const NO_C2 = 0xfff;
const NO_C3 = 0xfff;

/** Writing this to the reset control register resets; bit 1 says hard, bit 2 goes up. */
const RESET_VALUE = 0x06;
const RESET_CONTROL = PORTS.pciConfig.first + 1;
/** Where the clock keeps the century. */
const RTC_CENTURY = 0x32;

// Generic address structure; 5.2.3.2.
const SYSTEM_IO = 1;
const ACCESS_SIZES: Readonly<Record<number, number>> = { 1: 1, 2: 2, 4: 3 };

export function fadt(dsdt: number): Buffer {
  const bytes = Buffer.alloc(BYTES);
  const { acpiPm1Event, acpiPm1Control, acpiTimer } = PORTS;
  bytes.writeUInt32LE(dsdt, AT.dsdt);
  bytes.writeUInt16LE(SCI_IRQ, AT.sciInterrupt);
  bytes.writeUInt32LE(acpiPm1Event.first, AT.pm1aEvent);
  bytes.writeUInt32LE(acpiPm1Control.first, AT.pm1aControl);
  bytes.writeUInt32LE(acpiTimer.first, AT.pmTimer);
  bytes.writeUInt8(acpiPm1Event.count, AT.pm1EventLength);
  bytes.writeUInt8(acpiPm1Control.count, AT.pm1ControlLength);
  bytes.writeUInt8(acpiTimer.count, AT.pmTimerLength);
  bytes.writeUInt16LE(NO_C2, AT.c2Latency);
  bytes.writeUInt16LE(NO_C3, AT.c3Latency);
  bytes.writeUInt8(RTC_CENTURY, AT.century);
  bytes.writeUInt16LE(LEGACY_DEVICES | NO_VGA, AT.bootFlags);
  bytes.writeUInt32LE(
    WBINVD | PROC_C1 | NO_SLEEP_BUTTON | NO_RTC_WAKE | TIMER_32_BITS | RESET_SUPPORTED,
    AT.flags,
  );
  writePort(bytes, AT.resetRegister, RESET_CONTROL, 1, 1);
  bytes.writeUInt8(RESET_VALUE, AT.resetValue);
  bytes.writeUInt8(MINOR_REVISION, AT.minorRevision);
  bytes.writeBigUInt64LE(BigInt(dsdt), AT.xDsdt);
  writePort(bytes, AT.xPm1aEvent, acpiPm1Event.first, acpiPm1Event.count, 2);
  writePort(bytes, AT.xPm1aControl, acpiPm1Control.first, acpiPm1Control.count, 2);
  writePort(bytes, AT.xPmTimer, acpiTimer.first, acpiTimer.count, 4);
  return table('FACP', REVISION, bytes.subarray(HEADER_BYTES));
}

/** @param access bytes of each access */
function writePort(bytes: Buffer, at: number, port: number, size: number, access: number): void {
  bytes.writeUInt8(SYSTEM_IO, at);
  bytes.writeUInt8(8 * size, at + 1);
  bytes.writeUInt8(ACCESS_SIZES[access] ?? 0, at + 3);
  bytes.writeBigUInt64LE(BigInt(port), at + 4);
}
