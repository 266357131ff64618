/** Builds small bzImages, right ones and wrong ones, for tests. */
export interface BzImageParts {
  /** The 64-bit program; its entry point is at 0x200. */
  readonly program: Uint8Array;
  readonly version?: number;
  readonly setupSects?: number;
  readonly loadflags?: number;
  readonly xloadflags?: number;
  readonly relocatable?: boolean;
  readonly alignment?: number;
  readonly prefAddress?: bigint;
  readonly initSize?: number;
  readonly initrdAddrMax?: number;
  readonly cmdlineSize?: number;
  /** Put behind the program, as firmware's signatures are. */
  readonly signature?: Uint8Array;
}

const SECTOR = 512;
const PARAGRAPH = 16;
const HEADER_END = 0x26c;

export function bzImageFile(parts: BzImageParts): Buffer {
  const sects = parts.setupSects ?? 1;
  const setup = Buffer.alloc(((sects || 4) + 1) * SECTOR, 0xcc);
  setup.fill(0, 0x1f1, HEADER_END);
  const program = Buffer.alloc(Math.ceil(parts.program.length / PARAGRAPH) * PARAGRAPH);
  program.set(parts.program);
  setup.writeUInt8(sects, 0x1f1);
  setup.writeUInt32LE(program.length / PARAGRAPH, 0x1f4);
  setup.writeUInt16LE(0xaa55, 0x1fe);
  setup.set([0xeb, HEADER_END - 0x202], 0x200);
  setup.write('HdrS', 0x202);
  setup.writeUInt16LE(parts.version ?? 0x20f, 0x206);
  setup.writeUInt8(parts.loadflags ?? 1, 0x211);
  setup.writeUInt16LE(0x5be0, 0x224);
  setup.writeUInt32LE(parts.initrdAddrMax ?? 0x7fff_ffff, 0x22c);
  setup.writeUInt32LE(parts.alignment ?? 0x20_0000, 0x230);
  setup.writeUInt8((parts.relocatable ?? true) ? 1 : 0, 0x234);
  setup.writeUInt16LE(parts.xloadflags ?? 3, 0x236);
  setup.writeUInt32LE(parts.cmdlineSize ?? 2047, 0x238);
  setup.writeBigUInt64LE(parts.prefAddress ?? 0x40_0000n, 0x258);
  setup.writeUInt32LE(parts.initSize ?? 0x10_0000, 0x260);
  return Buffer.concat([setup, program, parts.signature ?? new Uint8Array(0)]);
}
