import type { DescriptorChain } from '../descriptor-chain';

/** Packets between the guest's sockets and the host's; virtio 1.2, 5.10.6. */

/** struct virtio_vsock_hdr. */
export const HEADER_BYTES = 44;
const SRC_CID = 0;
const DST_CID = 8;
const SRC_PORT = 16;
const DST_PORT = 20;
const LENGTH = 24;
const TYPE = 28;
const OPERATION = 30;
const FLAGS = 32;
const BUF_ALLOC = 36;
const FWD_CNT = 40;

const WORD = 2 ** 32;

/** The host's address; 5.10.4. */
export const HOST_CID = 2;

export const TYPE_STREAM = 1;

/** Operations; 5.10.6. */
export const OP = {
  request: 1,
  response: 2,
  reset: 3,
  shutdown: 4,
  data: 5,
  creditUpdate: 6,
  creditRequest: 7,
} as const;

/** What the sender of a shutdown will do no more; 5.10.6.5. */
export const SHUTDOWN_RECEIVE = 1;
export const SHUTDOWN_SEND = 2;
export const SHUTDOWN_BOTH = SHUTDOWN_RECEIVE | SHUTDOWN_SEND;

/** A packet's header; used again and again. */
export class PacketHeader {
  srcCid = 0;
  dstCid = 0;
  srcPort = 0;
  dstPort = 0;
  /** Bytes of data behind the header. */
  length = 0;
  type = TYPE_STREAM;
  op = 0;
  flags = 0;
  /** Room the sender has for a connection's data, and how much it has taken off so far. */
  bufAlloc = 0;
  fwdCnt = 0;
  private readonly bytes = new Uint8Array(HEADER_BYTES);
  private readonly view = new DataView(this.bytes.buffer);

  /** @returns false when the chain is too short for one */
  readFrom(chain: DescriptorChain): boolean {
    const { view } = this;
    if (chain.read(0, this.bytes) < HEADER_BYTES) return false;
    this.srcCid = view.getUint32(SRC_CID, true) + view.getUint32(SRC_CID + 4, true) * WORD;
    this.dstCid = view.getUint32(DST_CID, true) + view.getUint32(DST_CID + 4, true) * WORD;
    this.srcPort = view.getUint32(SRC_PORT, true);
    this.dstPort = view.getUint32(DST_PORT, true);
    this.length = view.getUint32(LENGTH, true);
    this.type = view.getUint16(TYPE, true);
    this.op = view.getUint16(OPERATION, true);
    this.flags = view.getUint32(FLAGS, true);
    this.bufAlloc = view.getUint32(BUF_ALLOC, true);
    this.fwdCnt = view.getUint32(FWD_CNT, true);
    return true;
  }

  /** @returns bytes written */
  writeTo(chain: DescriptorChain): number {
    const { view } = this;
    view.setUint32(SRC_CID, this.srcCid, true);
    view.setUint32(SRC_CID + 4, this.srcCid / WORD, true);
    view.setUint32(DST_CID, this.dstCid, true);
    view.setUint32(DST_CID + 4, this.dstCid / WORD, true);
    view.setUint32(SRC_PORT, this.srcPort, true);
    view.setUint32(DST_PORT, this.dstPort, true);
    view.setUint32(LENGTH, this.length, true);
    view.setUint16(TYPE, this.type, true);
    view.setUint16(OPERATION, this.op, true);
    view.setUint32(FLAGS, this.flags, true);
    view.setUint32(BUF_ALLOC, this.bufAlloc, true);
    view.setUint32(FWD_CNT, this.fwdCnt, true);
    return chain.write(0, this.bytes);
  }
}
