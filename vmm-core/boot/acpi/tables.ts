import { ECAM, IO_APIC, LOCAL_APIC } from '../../machine/address-map';
import { SCI_IRQ } from '../../machine/ports';
import type { GuestMemory } from '../../memory/guest-memory';
import { MIB_1 } from '../memory-map';
import { littleEndian } from './aml';
import { dsdtBody } from './dsdt';
import { fadt } from './fadt';
import { OEM_ID, setChecksum, table } from './table';

/** In the PC's BIOS area, where guests that are told nothing search; ACPI 6.5, 5.2.5.1. */
export const RSDP = 0xe_0000;
const RSDP_BYTES = 36;
const RSDP_REVISION = 2;
const ALIGNMENT = 16;

const DSDT_REVISION = 2;
const XSDT_REVISION = 1;
const MADT_REVISION = 5;
const MCFG_REVISION = 1;

export interface AcpiMachine {
  readonly vcpus: number;
}

/** A table and where it goes. */
export interface PlacedTable {
  readonly signature: string;
  readonly gpa: number;
  readonly bytes: Buffer;
}

/**
 * Describes the machine to guests that know ACPI.
 * @returns the guest physical address of the root pointer
 */
export function writeAcpiTables(memory: GuestMemory, machine: AcpiMachine): number {
  for (const { gpa, bytes } of acpiTables(machine)) memory.bytes(gpa, bytes.length).set(bytes);
  return RSDP;
}

/** @throws RangeError when they do not fit below 1 MiB */
export function acpiTables({ vcpus }: AcpiMachine): readonly PlacedTable[] {
  const placed: PlacedTable[] = [];
  let next = RSDP + Math.ceil(RSDP_BYTES / ALIGNMENT) * ALIGNMENT;
  const place = (signature: string, bytes: Buffer): number => {
    const gpa = next;
    placed.push({ signature, gpa, bytes });
    next = Math.ceil((gpa + bytes.length) / ALIGNMENT) * ALIGNMENT;
    return gpa;
  };
  const dsdt = place('DSDT', table('DSDT', DSDT_REVISION, dsdtBody()));
  const listed = [place('FACP', fadt(dsdt)), place('APIC', madt(vcpus)), place('MCFG', mcfg())];
  const xsdt = place(
    'XSDT',
    table('XSDT', XSDT_REVISION, Uint8Array.from(listed.flatMap((gpa) => littleEndian(gpa, 8)))),
  );
  if (next > MIB_1) throw new RangeError(`the ACPI tables of ${vcpus} vCPUs do not fit`);
  return [{ signature: 'RSD PTR ', gpa: RSDP, bytes: rsdp(xsdt) }, ...placed];
}

/** 5.2.5.3; the first checksum is over the 20 bytes that version 1 had. */
function rsdp(xsdt: number): Buffer {
  const bytes = Buffer.alloc(RSDP_BYTES);
  bytes.write('RSD PTR ', 0, 'latin1');
  bytes.write(OEM_ID, 9, 'latin1');
  bytes.writeUInt8(RSDP_REVISION, 15);
  bytes.writeUInt32LE(RSDP_BYTES, 20);
  bytes.writeBigUInt64LE(BigInt(xsdt), 24);
  setChecksum(bytes.subarray(0, 20), 8);
  setChecksum(bytes, 32);
  return bytes;
}

// Interrupt controller structures; 5.2.12.
const LOCAL_APIC_ENTRY = 0;
const IO_APIC_ENTRY = 1;
const OVERRIDE_ENTRY = 2;
const NMI_ENTRY = 4;
const PCAT_COMPATIBLE = 1;
const ENABLED = 1;
/** Active high, level-triggered; table 5.26. */
const HIGH_LEVEL = 0x000d;
const ALL_PROCESSORS = 0xff;
const LINT1 = 1;

/** The processors and what interrupts them. KVM wires the PIT to pin 0: no override for it. */
function madt(vcpus: number): Buffer {
  const processors = Array.from({ length: vcpus }, (_, id) => [
    LOCAL_APIC_ENTRY,
    8,
    id,
    id,
    ...littleEndian(ENABLED, 4),
  ]);
  return table(
    'APIC',
    MADT_REVISION,
    Uint8Array.from([
      ...littleEndian(LOCAL_APIC.base, 4),
      ...littleEndian(PCAT_COMPATIBLE, 4),
      ...processors.flat(),
      ...[IO_APIC_ENTRY, 12, vcpus, 0, ...littleEndian(IO_APIC.base, 4), ...littleEndian(0, 4)],
      ...[OVERRIDE_ENTRY, 10, 0, SCI_IRQ, ...littleEndian(SCI_IRQ, 4)],
      ...littleEndian(HIGH_LEVEL, 2),
      ...[NMI_ENTRY, 6, ALL_PROCESSORS, 0, 0, LINT1],
    ]),
  );
}

/** Memory-mapped configuration space; PCI Firmware 3.3, 4.1.2. */
function mcfg(): Buffer {
  const firstBus = 0;
  const lastBus = 0;
  return table(
    'MCFG',
    MCFG_REVISION,
    Uint8Array.from([
      ...littleEndian(0, 8),
      ...littleEndian(ECAM.base, 8),
      ...littleEndian(0, 2),
      firstBus,
      lastBus,
      ...littleEndian(0, 4),
    ]),
  );
}
