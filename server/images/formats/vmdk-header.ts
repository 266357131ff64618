import { damaged, pointsElsewhere } from './format-problems';
import type { ReadAt } from './read-at';

/** VMware, "Virtual Disk Format 5.0", SparseExtentHeader. Numbers are little-endian. */
const HEADER_BYTES = 512;
const SECTOR_BYTES = 512;
/** gdOffset of a stream: the header that counts is at the end of the file. */
const GD_AT_END = 0xffff_ffff_ffff_ffffn;
/** The footer is followed by an end-of-stream marker of one sector. */
const FOOTER_FROM_END = 2 * SECTOR_BYTES;
const MAX_DESCRIPTOR_BYTES = 64 * 1024;
const WHOLE_TYPES = new Set(['monolithicSparse', 'streamOptimized']);

/**
 * Looks at the headers of a sparse VMDK before any program opens the file: its description can
 * name other files as extents or as its parent, and qemu-img would open them.
 * @throws ProblemError 422
 */
export async function checkVmdk(readAt: ReadAt, fileBytes: number): Promise<void> {
  const header = await readAt(0, HEADER_BYTES);
  await checkHeader(header, readAt);
  if (header.readBigUInt64LE(56) === GD_AT_END) {
    const footer = await readAt(Math.max(0, fileBytes - FOOTER_FROM_END), HEADER_BYTES);
    if (footer.toString('latin1', 0, 4) !== 'KDMV') throw damaged('its footer is missing');
    await checkHeader(footer, readAt);
  }
}

async function checkHeader(header: Buffer, readAt: ReadAt): Promise<void> {
  if (header.length < HEADER_BYTES) throw damaged('its header is cut off');
  // Without a capacity of its own, the file is nothing but a description of others.
  if (header.readBigUInt64LE(12) === 0n) throw pointsElsewhere('consists of other files');
  const offset = header.readBigUInt64LE(28);
  const sectors = header.readBigUInt64LE(36);
  if (offset === 0n) return;
  if (sectors * BigInt(SECTOR_BYTES) > MAX_DESCRIPTOR_BYTES || offset > BigInt(2 ** 32)) {
    throw damaged('its description is too large or too far away');
  }
  // Read as far as qemu-img would, whatever the header says of its length.
  const bytes = await readAt(Number(offset) * SECTOR_BYTES, MAX_DESCRIPTOR_BYTES);
  const end = bytes.indexOf(0);
  checkDescriptor(bytes.toString('latin1', 0, end === -1 ? bytes.length : end));
}

function checkDescriptor(text: string): void {
  if (/parentFileNameHint/i.test(text)) throw pointsElsewhere('has a parent disk');
  const parent = /^\s*parentCID\s*=\s*([0-9a-f]+)/im.exec(text)?.[1];
  if (parent !== undefined && !/^f{8}$/i.test(parent)) throw pointsElsewhere('has a parent disk');
  const type = /^\s*createType\s*=\s*"?([A-Za-z0-9]*)"?/m.exec(text)?.[1];
  if (type !== undefined && !WHOLE_TYPES.has(type)) {
    throw pointsElsewhere('consists of several files');
  }
  const extents = text.match(/^\s*(RW|RDONLY|NOACCESS)\s+\d+\s+\S+.*$/gm) ?? [];
  if (extents.length > 1 || extents.some((line) => !/^\s*RW\s+\d+\s+SPARSE\s/.test(line))) {
    throw pointsElsewhere('consists of several files');
  }
}
