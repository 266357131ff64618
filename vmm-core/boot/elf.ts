import { BootError } from './boot-error';
import type { BootFile } from './boot-file';
import type { Segment } from './segments';

export interface ElfKernel {
  readonly segments: readonly Segment[];
  /** The entry point of the ELF header, as a guest physical address. */
  readonly entry: number;
  /** Guest physical address of the 32-bit entry point in the PVH note, if there is one. */
  readonly pvhEntry?: number;
}

// System V ABI, "ELF Header" and "Program Header".
const HEADER_BYTES = 64;
const MAGIC = 0x464c457f;
const LITTLE_ENDIAN = 1;
const PT_LOAD = 1;
const PT_NOTE = 4;
const MAX_PROGRAM_HEADERS = 64;
const MAX_NOTE_BYTES = 1024 * 1024;

/** XEN_ELFNOTE_PHYS32_ENTRY of the PVH boot protocol, in a note named "Xen". */
const NOTE_PHYS32_ENTRY = 18;

/** Where the fields lie and how wide addresses are, which is what the two classes differ in. */
const CLASS_32 = {
  machine: 3,
  wordBytes: 4,
  header: { entry: 24, table: 28, entrySize: 42, count: 44 },
  programHeaderBytes: 32,
  program: { offset: 4, virtual: 8, physical: 12, fileSize: 16, memorySize: 20 },
} as const;
const CLASS_64 = {
  machine: 62,
  wordBytes: 8,
  header: { entry: 24, table: 32, entrySize: 54, count: 56 },
  programHeaderBytes: 56,
  program: { offset: 8, virtual: 16, physical: 24, fileSize: 32, memorySize: 40 },
} as const;
const CLASSES = new Map<number, typeof CLASS_32 | typeof CLASS_64>([
  [1, CLASS_32],
  [2, CLASS_64],
]);

const HINT = 'Copy or build the kernel again.';

export function isElf(beginning: DataView): boolean {
  return beginning.byteLength >= 4 && beginning.getUint32(0, true) === MAGIC;
}

/**
 * Reads the headers of an ELF kernel.
 * @throws BootError when it is for another machine, or its headers point outside the file
 */
export function readElf(file: BootFile): ElfKernel {
  const header = file.read(0, HEADER_BYTES, 'ELF header');
  const layout = CLASSES.get(header.getUint8(4));
  if (
    layout === undefined ||
    header.getUint8(5) !== LITTLE_ENDIAN ||
    header.getUint16(18, true) !== layout.machine
  ) {
    throw new BootError(
      `${file.name}: is an ELF file, but not for x86`,
      'Give a kernel that was built for x86.',
    );
  }
  const word = (view: DataView, at: number): bigint =>
    layout.wordBytes === 8 ? view.getBigUint64(at, true) : BigInt(view.getUint32(at, true));
  const address = (view: DataView, at: number): number => {
    const value = word(view, at);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new BootError(
        `${file.name}: holds the impossible address 0x${value.toString(16)}`,
        HINT,
      );
    }
    return Number(value);
  };

  const entrySize = header.getUint16(layout.header.entrySize, true);
  const count = header.getUint16(layout.header.count, true);
  if (entrySize !== layout.programHeaderBytes || count === 0 || count > MAX_PROGRAM_HEADERS) {
    throw new BootError(`${file.name}: has ${count} program headers of ${entrySize} bytes`, HINT);
  }
  const table = file.read(
    address(header, layout.header.table),
    count * entrySize,
    'program headers',
  );
  const entry = word(header, layout.header.entry);
  const segments: Segment[] = [];
  let physicalEntry: number | undefined;
  let pvhEntry: number | undefined;
  for (let at = 0; at < table.byteLength; at += entrySize) {
    const type = table.getUint32(at, true);
    const fileOffset = address(table, at + layout.program.offset);
    const fileSize = address(table, at + layout.program.fileSize);
    if (type === PT_LOAD) {
      const gpa = address(table, at + layout.program.physical);
      const memorySize = address(table, at + layout.program.memorySize);
      if (memorySize === 0 && fileSize === 0) continue;
      segments.push({ fileOffset, fileSize, gpa, memorySize });
      // Kernels are linked where they will be mapped; they are entered before anything is.
      const into = entry - word(table, at + layout.program.virtual);
      if (into >= 0 && into < memorySize) physicalEntry ??= gpa + Number(into);
    } else if (type === PT_NOTE && fileSize <= MAX_NOTE_BYTES) {
      pvhEntry ??= findEntryNote(file.read(fileOffset, fileSize, 'notes'));
    }
  }
  if (segments.length === 0) throw new BootError(`${file.name}: has nothing to load`, HINT);
  return {
    segments,
    entry: physicalEntry ?? Number(entry),
    ...(pvhEntry === undefined ? {} : { pvhEntry }),
  };
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
