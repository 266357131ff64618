/** Builds small ELF files, right ones and wrong ones, for tests. */
export interface ElfParts {
  readonly segments: readonly {
    readonly gpa: number;
    readonly bytes: Uint8Array;
    readonly memorySize?: number;
    /** Where it is linked; absent: at its physical address. */
    readonly virtual?: bigint;
  }[];
  /** The PVH entry point; without it the file has no such note. */
  readonly entry?: number;
  readonly noteName?: string;
  /** The entry point of the header. */
  readonly headerEntry?: bigint;
  /** 32 or 64, which is the default. */
  readonly bits?: 32 | 64;
}

const PT_LOAD = 1;
const PT_NOTE = 4;

export function elfFile(parts: ElfParts): Buffer {
  const is64 = parts.bits !== 32;
  const headerBytes = is64 ? 64 : 52;
  const programHeaderBytes = is64 ? 56 : 32;
  const note =
    parts.entry === undefined ? undefined : pvhNote(parts.noteName ?? 'Xen', parts.entry);
  const count = parts.segments.length + (note === undefined ? 0 : 1);
  const word = (bytes: Buffer, value: bigint, at: number): void => {
    if (is64) bytes.writeBigUInt64LE(value, at);
    else bytes.writeUInt32LE(Number(value), at);
  };

  const header = Buffer.alloc(headerBytes);
  header.set([0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, 1, 1]);
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(is64 ? 62 : 3, 18);
  header.writeUInt32LE(1, 20);
  word(header, parts.headerEntry ?? 0n, 24);
  word(header, BigInt(headerBytes), is64 ? 32 : 28);
  header.writeUInt16LE(programHeaderBytes, is64 ? 54 : 42);
  header.writeUInt16LE(count, is64 ? 56 : 44);

  const bodies: Uint8Array[] = [];
  let offset = headerBytes + count * programHeaderBytes;
  const program = (
    type: number,
    { virtual, physical }: { virtual: bigint; physical: number },
    bytes: Uint8Array,
    memorySize: number,
  ): Buffer => {
    const entryBytes = Buffer.alloc(programHeaderBytes);
    entryBytes.writeUInt32LE(type, 0);
    const words = [offset, virtual, physical, bytes.length, memorySize].map(BigInt);
    words.forEach((value, i) => {
      word(entryBytes, value, is64 ? 8 + i * 8 : 4 + i * 4);
    });
    bodies.push(bytes);
    offset += bytes.length;
    return entryBytes;
  };
  const table = parts.segments.map((s) =>
    program(
      PT_LOAD,
      { virtual: s.virtual ?? BigInt(s.gpa), physical: s.gpa },
      s.bytes,
      s.memorySize ?? s.bytes.length,
    ),
  );
  if (note !== undefined)
    table.push(program(PT_NOTE, { virtual: 0n, physical: 0 }, note, note.length));
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
