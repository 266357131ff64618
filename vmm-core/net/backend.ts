/** What a queue answers when its interface has been removed; Node has no name for it. */
export const EBADFD = 77;

/**
 * Where frames come from and go to, as a network device sees it. A frame carries a virtio_net_hdr
 * of 12 bytes before it (virtio 1.2, 5.1.6) both ways.
 */
export interface FrameQueue {
  /**
   * Takes the next frame, straight into the memory that `count` struct iovecs at `iovecs` name.
   * @returns bytes, the header included, or a negative errno; never blocks
   */
  receive(iovecs: number, count: number): number;
  /** Sends one frame out of such memory. @returns bytes, or a negative errno; never blocks */
  send(iovecs: number, count: number): number;
  /** @returns ends the watch */
  watchReadable(onReadable: () => void): () => void;
  /** @returns ends the watch */
  watchWritable(onWritable: () => void): () => void;
  /** Throws away what has come and was not taken. */
  discard(): void;
}

/** What the receiver of frames copes with, so that work can be left undone before it. */
export interface ReceiveOffloads {
  /** Frames whose checksum is not filled in. The others need it. */
  readonly checksum: boolean;
  /** TCP segments of up to 64 KiB, over IPv4 and IPv6, and such with congestion marks. */
  readonly tso4: boolean;
  readonly tso6: boolean;
  readonly ecn: boolean;
  /** UDP datagrams to be cut up, over IPv4 and IPv6. */
  readonly uso: boolean;
}

export const NO_OFFLOADS: ReceiveOffloads = {
  checksum: false,
  tso4: false,
  tso6: false,
  ecn: false,
  uso: false,
};

export interface NetBackend {
  /** One for each queue pair that the device may have. */
  readonly queues: readonly FrameQueue[];
  /** Whether frames to be cut up as UDP can be sent and received. */
  readonly hasUso: boolean;
  /** @throws SysError */
  setReceiveOffloads(offloads: ReceiveOffloads): void;
  /** Frames are dealt out to the first `count` queues. @throws SysError */
  activateQueues(count: number): void;
  /** The cable, as the host sees it. */
  setCarrier(isUp: boolean): void;
  close(): void;
}
