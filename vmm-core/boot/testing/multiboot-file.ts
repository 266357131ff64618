/** Builds multiboot headers and files of one piece with such a header, for tests. */
const MAGIC = 0x1bad_b002;
const HAS_ADDRESSES = 1 << 16;

export interface HeaderAddresses {
  readonly header: number;
  readonly load: number;
  readonly loadEnd: number;
  readonly bssEnd: number;
  readonly entry: number;
}

export function multibootHeader(flags: number, addresses?: HeaderAddresses): Buffer {
  const all = (flags | (addresses === undefined ? 0 : HAS_ADDRESSES)) >>> 0;
  const words = [MAGIC, all, (0x1_0000_0000 * 2 - MAGIC - all) % 0x1_0000_0000];
  if (addresses !== undefined) {
    const { header, load, loadEnd, bssEnd, entry } = addresses;
    words.push(header, load, loadEnd, bssEnd, entry);
  }
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((word, i) => {
    bytes.writeUInt32LE(word, i * 4);
  });
  return bytes;
}

/** `before` bytes that are not loaded, the header, then `code`, loaded with the header at `gpa`. */
export function flatMultiboot(
  gpa: number,
  code: Uint8Array,
  changes: Partial<HeaderAddresses> = {},
  { flags = 0, before = 0 } = {},
): Buffer {
  const headerBytes = multibootHeader(0, zeros).length;
  const header = multibootHeader(flags, {
    header: gpa,
    load: gpa,
    loadEnd: 0,
    bssEnd: 0,
    entry: gpa + headerBytes,
    ...changes,
  });
  return Buffer.concat([Buffer.alloc(before, 0xee), header, code]);
}

const zeros: HeaderAddresses = { header: 0, load: 0, loadEnd: 0, bssEnd: 0, entry: 0 };
