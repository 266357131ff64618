import fs from 'node:fs';
import { BootError } from './boot-error';

/** A PT_LOAD program header: what of the file goes where in guest memory. */
export interface ElfSegment {
  readonly fileOffset: number;
  readonly fileSize: number;
  readonly gpa: number;
  /** At least fileSize; the rest is zero. */
  readonly memorySize: number;
}

export interface PvhKernel {
  readonly segments: readonly ElfSegment[];
  /** Guest physical address of the 32-bit entry point. */
  readonly entry: number;
}

// System V ABI, "ELF Header" and "Program Header", the 64-bit class.
const ELF_HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const MAGIC = 0x464c457f;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const MACHINE_X86_64 = 62;
const PT_LOAD = 1;
const PT_NOTE = 4;
const MAX_PROGRAM_HEADERS = 64;
const MAX_NOTE_BYTES = 1024 * 1024;

/** XEN_ELFNOTE_PHYS32_ENTRY of the PVH boot protocol, in a note named "Xen". */
const NOTE_PHYS32_ENTRY = 18;

const NO_KERNEL_HINT =
  'Give an uncompressed ELF kernel (vmlinux) built with CONFIG_PVH, not a bzImage.';

/**
 * Reads the headers of an ELF kernel that boots by PVH.
 * @throws BootError when it is no such kernel, or its headers point outside the file
 */
export function readPvhKernel(fd: number, name: string): PvhKernel {
  const fileSize = fs.fstatSync(fd).size;
  const read = (offset: number, length: number, what: string): DataView => {
    if (offset + length > fileSize)
      throw new BootError(`${name}: cut off in its ${what}`, NO_KERNEL_HINT);
    const bytes = new Uint8Array(length);
    fs.readSync(fd, bytes, 0, length, offset);
    return new DataView(bytes.buffer);
  };
  const u64 = (view: DataView, at: number): number => {
    const value = view.getBigUint64(at, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new BootError(
        `${name}: holds the impossible address 0x${value.toString(16)}`,
        NO_KERNEL_HINT,
      );
    }
    return Number(value);
  };

  if (fileSize < ELF_HEADER_BYTES) throw new BootError(`${name}: is no ELF file`, NO_KERNEL_HINT);
  const header = read(0, ELF_HEADER_BYTES, 'ELF header');
  if (header.getUint32(0, true) !== MAGIC)
    throw new BootError(`${name}: is no ELF file`, NO_KERNEL_HINT);
  const is64 = header.getUint8(4) === CLASS_64 && header.getUint8(5) === LITTLE_ENDIAN;
  if (!is64 || header.getUint16(18, true) !== MACHINE_X86_64) {
    throw new BootError(`${name}: is an ELF file, but not for 64-bit x86`, NO_KERNEL_HINT);
  }
  const tableOffset = u64(header, 32);
  const entrySize = header.getUint16(54, true);
  const count = header.getUint16(56, true);
  if (entrySize !== PROGRAM_HEADER_BYTES || count === 0 || count > MAX_PROGRAM_HEADERS) {
    throw new BootError(
      `${name}: has ${count} program headers of ${entrySize} bytes`,
      NO_KERNEL_HINT,
    );
  }
  const table = read(tableOffset, count * PROGRAM_HEADER_BYTES, 'program headers');

  const segments: ElfSegment[] = [];
  let entry: number | undefined;
  for (let i = 0; i < count; i++) {
    const at = i * PROGRAM_HEADER_BYTES;
    const type = table.getUint32(at, true);
    const fileOffset = u64(table, at + 8);
    const size = u64(table, at + 32);
    if (type === PT_LOAD) {
      const segment = {
        fileOffset,
        fileSize: size,
        gpa: u64(table, at + 24),
        memorySize: u64(table, at + 40),
      };
      if (segment.memorySize === 0) continue;
      if (size > segment.memorySize) {
        throw new BootError(
          `${name}: segment ${i} is longer in the file than in memory`,
          NO_KERNEL_HINT,
        );
      }
      if (fileOffset + size > fileSize) {
        throw new BootError(
          `${name}: is cut off in segment ${i}`,
          'Copy or build the kernel again.',
        );
      }
      segments.push(segment);
    } else if (type === PT_NOTE && size <= MAX_NOTE_BYTES) {
      entry ??= findEntryNote(read(fileOffset, size, 'notes'));
    }
  }
  if (segments.length === 0) throw new BootError(`${name}: has nothing to load`, NO_KERNEL_HINT);
  if (entry === undefined) throw new BootError(`${name}: has no PVH entry note`, NO_KERNEL_HINT);
  return { segments, entry };
}

/** Notes are name size, descriptor size, type, then both padded to four bytes. */
function findEntryNote(notes: DataView): number | undefined {
  for (let at = 0; at + 12 <= notes.byteLength; ) {
    const nameSize = notes.getUint32(at, true);
    const descriptorSize = notes.getUint32(at + 4, true);
    const type = notes.getUint32(at + 8, true);
    const descriptor = at + 12 + pad4(nameSize);
    const next = descriptor + pad4(descriptorSize);
    if (next > notes.byteLength) return undefined;
    const name = String.fromCharCode(
      ...new Uint8Array(notes.buffer, notes.byteOffset + at + 12, Math.min(nameSize, 4)),
    );
    if (type === NOTE_PHYS32_ENTRY && name === 'Xen\0' && descriptorSize >= 4) {
      return notes.getUint32(descriptor, true);
    }
    at = next;
  }
  return undefined;
}

function pad4(length: number): number {
  return Math.ceil(length / 4) * 4;
}
