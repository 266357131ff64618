/** The block device's features and configuration space; virtio 1.2, 5.2.3 and 5.2.4. */

export const VIRTIO_BLK_F_SEG_MAX = 1n << 2n;
export const VIRTIO_BLK_F_RO = 1n << 5n;
export const VIRTIO_BLK_F_BLK_SIZE = 1n << 6n;
export const VIRTIO_BLK_F_FLUSH = 1n << 9n;
export const VIRTIO_BLK_F_TOPOLOGY = 1n << 10n;
export const VIRTIO_BLK_F_MQ = 1n << 12n;
export const VIRTIO_BLK_F_DISCARD = 1n << 13n;
export const VIRTIO_BLK_F_WRITE_ZEROES = 1n << 14n;

/** Sectors are of this size whatever the disk's blocks are; 5.2.4. */
export const SECTOR_BYTES = 512;

const CONFIG_BYTES = 60;
const CAPACITY = 0;
const SEG_MAX = 12;
const BLK_SIZE = 20;
const PHYSICAL_BLOCK_EXP = 24;
const MIN_IO_SIZE = 26;
const NUM_QUEUES = 34;
const MAX_DISCARD_SECTORS = 36;
const MAX_DISCARD_SEG = 40;
const DISCARD_ALIGNMENT = 44;
const MAX_WRITE_ZEROES_SECTORS = 48;
const MAX_WRITE_ZEROES_SEG = 52;
const WRITE_ZEROES_MAY_UNMAP = 56;

/** As much as one request may discard or zero: 1 GiB, so that none takes for ever. */
export const MAX_RANGE_SECTORS = 2 ** 21;

export interface BlockGeometry {
  readonly sizeBytes: number;
  /** Logical and physical blocks, powers of two. */
  readonly blockSize: number;
  readonly physicalBlockSize: number;
  readonly queues: number;
  /** Buffers of data in one request. */
  readonly maxSegments: number;
}

export function blockConfig(geometry: BlockGeometry): Uint8Array {
  const bytes = new Uint8Array(CONFIG_BYTES);
  const view = new DataView(bytes.buffer);
  const { blockSize, physicalBlockSize } = geometry;
  setCapacity(bytes, geometry.sizeBytes);
  view.setUint32(SEG_MAX, geometry.maxSegments, true);
  view.setUint32(BLK_SIZE, blockSize, true);
  view.setUint8(PHYSICAL_BLOCK_EXP, Math.log2(physicalBlockSize / blockSize));
  view.setUint16(MIN_IO_SIZE, physicalBlockSize / blockSize, true);
  view.setUint16(NUM_QUEUES, geometry.queues, true);
  view.setUint32(MAX_DISCARD_SECTORS, MAX_RANGE_SECTORS, true);
  view.setUint32(MAX_DISCARD_SEG, 1, true);
  view.setUint32(DISCARD_ALIGNMENT, physicalBlockSize / SECTOR_BYTES, true);
  view.setUint32(MAX_WRITE_ZEROES_SECTORS, MAX_RANGE_SECTORS, true);
  view.setUint32(MAX_WRITE_ZEROES_SEG, 1, true);
  view.setUint8(WRITE_ZEROES_MAY_UNMAP, 1);
  return bytes;
}

export function setCapacity(config: Uint8Array, sizeBytes: number): void {
  const view = new DataView(config.buffer, config.byteOffset);
  view.setBigUint64(CAPACITY, BigInt(Math.floor(sizeBytes / SECTOR_BYTES)), true);
}
