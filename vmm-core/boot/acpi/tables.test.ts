import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GuestRam } from '../../memory/guest-memory';
import {
  buffer,
  device,
  eisaId,
  integer,
  name,
  nameString,
  packageOf,
  scope,
  withLength,
} from './aml';
import { acpiTables, RSDP, writeAcpiTables } from './tables';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('ACPI machine language', () => {
  it.each([
    [0, '00'],
    [1, '01'],
    [2, '0a02'],
    [0xff, '0aff'],
    [0x100, '0b0001'],
    [0x1_0000, '0c00000100'],
    [0xffff_ffff, '0cffffffff'],
  ])('writes %i in its shortest form', (value, bytes) => {
    expect(hex(integer(value))).toBe(bytes);
  });

  it('names things', () => {
    expect(hex(nameString('_S5'))).toBe(hex(Buffer.from('_S5_')));
    expect(hex(nameString('\\_SB.PCI0'))).toBe(`5c2e${hex(Buffer.from('_SB_PCI0'))}`);
    expect(() => nameString('toolong')).toThrow(RangeError);
  });

  it.each([
    [0x3e, '3f'],
    [0x3f, '4104'],
    [0xfff - 2, '4fff'],
    [0xfff - 1, '810001'],
    [0xf_ffff - 3, '8fffff'],
  ])('counts a term of %i bytes with its own length', (length, lead) => {
    const bytes = withLength(new Uint8Array(length));
    expect(hex(bytes.subarray(0, lead.length / 2))).toBe(lead);
    expect(bytes.length).toBe(length + lead.length / 2);
  });

  it('packs EISA ids', () => {
    expect(hex(eisaId('PNP0A08'))).toBe('0c41d00a08');
    expect(() => eisaId('pnp0a08')).toThrow(RangeError);
  });

  it('nests', () => {
    const inner = name('_UID', integer(1));
    expect(hex(device('COM1', inner))).toBe(`5b820b434f4d3108${hex(Buffer.from('_UID'))}01`);
    expect(hex(scope('\\_SB', inner))).toBe(`100c5c5f53425f08${hex(Buffer.from('_UID'))}01`);
    expect(hex(packageOf(integer(5), integer(0)))).toBe('1205020a0500');
    expect(hex(buffer(Uint8Array.of(1, 2)))).toBe('11050a020102');
  });
});

describe.each([1, 4, 64])('the tables of a machine of %i vCPUs', (vcpus) => {
  const tables = acpiTables({ vcpus });
  const find = (signature: string): Buffer => {
    const found = tables.find((t) => t.signature === signature);
    if (found === undefined) throw new Error(`no ${signature}`);
    return found.bytes;
  };

  it('add up to zero', () => {
    for (const { bytes } of tables) {
      expect(bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0)).toBe(0);
    }
    expect(tables[0]?.bytes.subarray(0, 20).reduce((sum, b) => (sum + b) & 0xff, 0)).toBe(0);
  });

  it('do not overlap and lead from one to the next', () => {
    let end = RSDP;
    for (const { gpa, bytes } of tables) {
      expect(gpa).toBeGreaterThanOrEqual(end);
      end = gpa + bytes.length;
    }
    const xsdt = find('XSDT');
    const listed = [36, 44, 52].map((at) => Number(xsdt.readBigUInt64LE(at)));
    expect(listed.map((gpa) => tables.find((t) => t.gpa === gpa)?.signature)).toEqual([
      'FACP',
      'APIC',
      'MCFG',
    ]);
    const dsdt = find('FACP').readUInt32LE(40);
    expect(tables.find((t) => t.gpa === dsdt)?.signature).toBe('DSDT');
  });

  it('have a local APIC for each', () => {
    const madt = find('APIC');
    let count = 0;
    for (let at = 44; at < madt.length; at += madt[at + 1] ?? 1) if (madt[at] === 0) count++;
    expect(count).toBe(vcpus);
  });
});

it('are where the root pointer says, in guest memory', () => {
  const ram = new GuestRam(2 ** 21);
  expect(writeAcpiTables(ram.memory, { vcpus: 2 })).toBe(RSDP);
  expect(Buffer.from(ram.memory.bytes(RSDP, 8)).toString()).toBe('RSD PTR ');
  const xsdt = Number(ram.memory.readU64(RSDP + 24));
  expect(Buffer.from(ram.memory.bytes(xsdt, 4)).toString()).toBe('XSDT');
  ram.release();
});

it('the DSDT is short, for guests interpret it at boot', () => {
  const dsdt = acpiTables({ vcpus: 1 }).find((t) => t.signature === 'DSDT');
  expect(dsdt?.bytes.length).toBeLessThan(400);
});

describe("ACPICA's own compiler", () => {
  let directory: string;
  beforeAll(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'acpi-'));
    for (const { signature, bytes } of acpiTables({ vcpus: 4 })) {
      fs.writeFileSync(path.join(directory, `${signature.trim()}.aml`), bytes);
    }
  });
  afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

  const iasl = (...args: string[]): string =>
    execFileSync('iasl', args, {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  it.each(['DSDT', 'FACP', 'APIC', 'MCFG', 'XSDT'])('reads the %s with no warning', (signature) => {
    expect(iasl('-d', `${signature}.aml`)).not.toMatch(/warning|error|invalid|unknown/i);
    const source = fs.readFileSync(path.join(directory, `${signature}.dsl`), 'utf8');
    expect(source).not.toMatch(/warning|invalid|unknown|checksum.*should be/i);
  });

  it('compiles what it read of the DSDT with no error and no warning', () => {
    iasl('-d', 'DSDT.aml');
    expect(iasl('-p', 'again', 'DSDT.dsl')).toMatch(/0 Errors, 0 Warnings/);
  });
});
