import { close } from '../sys/files';
import { errno, nativeIoctl, nativeRead, nativeReadv, nativeWritev } from '../sys/libc';
import { NativeBuffer } from '../sys/native-buffer';
import { watchReadable, watchWritable } from '../sys/poll';
import { checked } from '../sys/sys-error';
import type { FrameQueue, NetBackend, ReceiveOffloads } from './backend';
import { TUN_F_USO4, TUN_F_USO6, TUN_FLAG, TUN_IOCTL } from './if-tun';
import { interfaceRequest, openTapQueues } from './tap-open';

/** struct virtio_net_hdr_v1 before each frame; virtio 1.2, 5.1.6. */
const VNET_HEADER_BYTES = 12;
/** More than a tap holds: its queue is as long as the interface's txqueuelen, 1000 by default. */
const MOST_DISCARDED = 16_384;

/** A tap of the host, once for each of its queues. */
export class Tap implements NetBackend {
  readonly queues: readonly TapQueue[];
  readonly hasUso: boolean;
  private readonly word = new NativeBuffer(4);

  /**
   * Opens a tap of the network namespace that this process is in. One that does not exist is made,
   * for which CAP_NET_ADMIN is needed, and goes again when it is closed.
   * @param name of the interface, at most 15 bytes
   * @throws TapError saying why not and what to do
   */
  static open(name: string, queueCount = 1): Tap {
    const fds = openTapQueues(name, queueCount);
    try {
      return new Tap(fds);
    } catch (error) {
      for (const fd of fds) close(fd);
      throw error;
    }
  }

  private constructor(fds: readonly number[]) {
    this.queues = fds.map((fd) => new TapQueue(fd));
    this.setWord('TUNSETVNETHDRSZ', VNET_HEADER_BYTES);
    this.hasUso = this.offload(TUN_FLAG.TUN_F_CSUM | TUN_F_USO4 | TUN_F_USO6) >= 0;
    checked('TUNSETOFFLOAD', this.offload(0));
    this.activateQueues(1);
  }

  setReceiveOffloads(offloads: ReceiveOffloads): void {
    // The kernel refuses any of the others without the first, and ECN without TSO.
    const { checksum, tso4, tso6, ecn, uso } = offloads;
    const hasTso = tso4 || tso6;
    const flags = !checksum
      ? 0
      : TUN_FLAG.TUN_F_CSUM |
        (tso4 ? TUN_FLAG.TUN_F_TSO4 : 0) |
        (tso6 ? TUN_FLAG.TUN_F_TSO6 : 0) |
        (ecn && hasTso ? TUN_FLAG.TUN_F_TSO_ECN : 0) |
        (uso && this.hasUso ? TUN_F_USO4 | TUN_F_USO6 : 0);
    checked('TUNSETOFFLOAD', this.offload(flags));
  }

  private offload(flags: number): number {
    return nativeIoctl(this.firstFd, TUN_IOCTL.TUNSETOFFLOAD, flags);
  }

  activateQueues(count: number): void {
    for (const [index, queue] of this.queues.entries()) queue.setAttached(index < count);
  }

  setCarrier(isUp: boolean): void {
    this.setWord('TUNSETCARRIER', isUp ? 1 : 0);
  }

  private setWord(name: 'TUNSETVNETHDRSZ' | 'TUNSETCARRIER', value: number): void {
    this.word.view.setInt32(0, value, true);
    checked(name, nativeIoctl(this.firstFd, TUN_IOCTL[name], this.word.address));
  }

  private get firstFd(): number {
    const first = this.queues[0];
    if (first === undefined) throw new RangeError('a tap without queues');
    return first.fd;
  }

  close(): void {
    for (const queue of this.queues) close(queue.fd);
  }
}

class TapQueue implements FrameQueue {
  private isAttached = true;
  private readonly header = new NativeBuffer(VNET_HEADER_BYTES);

  constructor(readonly fd: number) {}

  receive(iovecs: number, count: number): number {
    const got = nativeReadv(this.fd, iovecs, count);
    return got < 0 ? -errno() : got;
  }

  send(iovecs: number, count: number): number {
    const sent = nativeWritev(this.fd, iovecs, count);
    return sent < 0 ? -errno() : sent;
  }

  watchReadable(onReadable: () => void): () => void {
    return watchReadable(this.fd, onReadable);
  }

  watchWritable(onWritable: () => void): () => void {
    return watchWritable(this.fd, onWritable);
  }

  discard(): void {
    // What does not fit into the memory given is lost: reading the header alone drops the frame.
    for (let i = 0; i < MOST_DISCARDED; i++) {
      if (nativeRead(this.fd, this.header.address, VNET_HEADER_BYTES) < 0) return;
    }
  }

  /** A queue that is not attached gets no frames, and one that is attached must be read. */
  setAttached(attached: boolean): void {
    if (attached === this.isAttached) return;
    const flag = attached ? TUN_FLAG.IFF_ATTACH_QUEUE : TUN_FLAG.IFF_DETACH_QUEUE;
    const request = interfaceRequest('', flag);
    checked('TUNSETQUEUE', nativeIoctl(this.fd, TUN_IOCTL.TUNSETQUEUE, request.address));
    this.isAttached = attached;
  }
}
