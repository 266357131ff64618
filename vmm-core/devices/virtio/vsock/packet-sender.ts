import type { GuestMemory } from '../../../memory/guest-memory';
import { DescriptorChain } from '../descriptor-chain';
import type { Virtqueue } from '../virtqueue';
import type { Connection } from './connection';
import { HEADER_BYTES, HOST_CID, OP, PacketHeader, TYPE_STREAM } from './packet';

const PACKETS_A_TURN = 256;
/** Resets that wait for buffers; with more, nothing is taken from the guest. */
const MOST_RESETS = 256;

/** Addresses of a reset, as the guest sees them. */
export interface Reset {
  readonly srcCid: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly type: number;
}

/**
 * The receive queue: packets for the guest. No packet is made before there is a buffer for it, so
 * that nothing piles up while the guest gives none; connections take turns.
 */
export class PacketSender {
  packets = 0;
  /** Of data. */
  bytes = 0;
  resets = 0;
  private setup: { readonly queue: Virtqueue; readonly chain: DescriptorChain } | undefined;
  private readonly packet = new PacketHeader();
  private readonly waiting: Reset[] = [];
  private readonly ready = new Set<Connection>();
  private isScheduled = false;
  private nextTurn: NodeJS.Immediate | undefined;

  /** @param onRoom called when there is room for resets again */
  constructor(
    private readonly guestCid: number,
    private readonly onRoom: () => void,
  ) {}

  start(memory: GuestMemory, queue: Virtqueue | undefined): void {
    if (queue === undefined) return;
    this.setup = { queue, chain: new DescriptorChain(memory, queue.size) };
    this.schedule();
  }

  /** No access to guest memory any more. */
  stop(): void {
    clearImmediate(this.nextTurn);
    this.nextTurn = undefined;
    this.setup = undefined;
    this.clear();
  }

  /** Forgets all packets. */
  clear(): void {
    const wasCrowded = this.isCrowded;
    this.waiting.length = 0;
    this.ready.clear();
    if (wasCrowded) this.onRoom();
  }

  /** The driver has given buffers. */
  notify(): void {
    this.schedule();
  }

  /** A connection may have a packet. */
  add(connection: Connection): void {
    this.ready.add(connection);
    this.schedule();
  }

  remove(connection: Connection): void {
    this.ready.delete(connection);
  }

  reset(reset: Reset): void {
    this.waiting.push(reset);
    this.schedule();
  }

  get isCrowded(): boolean {
    return this.waiting.length >= MOST_RESETS;
  }

  /** Once for all that comes in one go. */
  private schedule(): void {
    if (this.isScheduled || this.nextTurn !== undefined) return;
    this.isScheduled = true;
    process.nextTick(() => {
      this.isScheduled = false;
      this.run();
    });
  }

  private run(): void {
    this.nextTurn = undefined;
    if (this.setup === undefined) return;
    const { queue, chain } = this.setup;
    const wasCrowded = this.isCrowded;
    if (this.send(queue, chain)) this.nextTurn = setImmediate(() => this.run());
    queue.publish();
    if (wasCrowded && !this.isCrowded) this.onRoom();
  }

  /** @returns whether to go on in another turn */
  private send(queue: Virtqueue, chain: DescriptorChain): boolean {
    queue.suppressNotifications();
    for (let i = 0; i < PACKETS_A_TURN; i++) {
      if (this.waiting.length === 0 && this.ready.size === 0) return false;
      if (!queue.pop(chain)) {
        queue.publish();
        if (queue.enableNotifications()) return false;
        continue;
      }
      if (chain.readableCount > 0 || chain.writableBytes <= HEADER_BYTES) {
        queue.fail('a buffer for packets without room for data, or with something to read');
        return false;
      }
      const payload = this.next(chain.writableBytes - HEADER_BYTES);
      if (payload === undefined) {
        queue.unpop(1);
      } else {
        this.write(queue, chain, payload);
      }
    }
    return true;
  }

  private write(queue: Virtqueue, chain: DescriptorChain, payload: Uint8Array): void {
    const written = this.packet.writeTo(chain) + chain.write(HEADER_BYTES, payload);
    queue.push(chain.head, written);
    this.packets += 1;
    this.bytes += payload.length;
  }

  /** Fills in the next packet. @returns its data; undefined when there is none after all */
  private next(room: number): Uint8Array | undefined {
    const { packet } = this;
    packet.dstCid = this.guestCid;
    const reset = this.waiting.shift();
    if (reset !== undefined) {
      Object.assign(packet, reset, { op: OP.reset, flags: 0, length: 0, bufAlloc: 0, fwdCnt: 0 });
      this.resets += 1;
      return new Uint8Array(0);
    }
    packet.srcCid = HOST_CID;
    packet.type = TYPE_STREAM;
    for (const connection of this.ready) {
      // To the end of the line, if there is more.
      this.ready.delete(connection);
      if (!connection.nextPacket(packet, room)) continue;
      this.ready.add(connection);
      return connection.payload;
    }
    return undefined;
  }
}
