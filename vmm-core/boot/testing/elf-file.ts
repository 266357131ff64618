/** Builds small ELF files, right ones and wrong ones, for tests. */
export interface ElfParts {
  readonly segments: readonly {
    readonly gpa: number;
    readonly bytes: Uint8Array;
    readonly memorySize?: number;
  }[];
  /** The PVH entry point; without it the file has no such note. */
  readonly entry?: number;
  readonly noteName?: string;
}

const HEADER = 64;
const PROGRAM_HEADER = 56;
const PT_LOAD = 1;
const PT_NOTE = 4;

export function elfFile({ segments, entry, noteName = 'Xen' }: ElfParts): Buffer {
  const note = entry === undefined ? undefined : pvhNote(noteName, entry);
  const count = segments.length + (note === undefined ? 0 : 1);
  const header = Buffer.alloc(HEADER);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(62, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(HEADER), 32);
  header.writeUInt16LE(PROGRAM_HEADER, 54);
  header.writeUInt16LE(count, 56);

  const bodies: Uint8Array[] = [];
  let offset = HEADER + count * PROGRAM_HEADER;
  const program = (type: number, gpa: number, bytes: Uint8Array, memorySize: number): Buffer => {
    const entryBytes = Buffer.alloc(PROGRAM_HEADER);
    entryBytes.writeUInt32LE(type, 0);
    entryBytes.writeBigUInt64LE(BigInt(offset), 8);
    entryBytes.writeBigUInt64LE(BigInt(gpa), 24);
    entryBytes.writeBigUInt64LE(BigInt(bytes.length), 32);
    entryBytes.writeBigUInt64LE(BigInt(memorySize), 40);
    bodies.push(bytes);
    offset += bytes.length;
    return entryBytes;
  };
  const table = segments.map((s) =>
    program(PT_LOAD, s.gpa, s.bytes, s.memorySize ?? s.bytes.length),
  );
  if (note !== undefined) table.push(program(PT_NOTE, 0, note, note.length));
  return Buffer.concat([header, ...table, ...bodies]);
}

function pvhNote(name: string, entry: number): Buffer {
  const padded = Buffer.alloc(Math.ceil((name.length + 1) / 4) * 4);
  padded.write(name);
  const note = Buffer.alloc(12);
  note.writeUInt32LE(name.length + 1, 0);
  note.writeUInt32LE(4, 4);
  note.writeUInt32LE(18, 8);
  const descriptor = Buffer.alloc(4);
  descriptor.writeUInt32LE(entry);
  return Buffer.concat([note, padded, descriptor]);
}
