import type net from 'node:net';
import { DescriptorChain } from '../descriptor-chain';
import { QueuePump, WAIT } from '../queue-pump';
import type { Activation, VirtioDevice } from '../virtio-device';
import type { Virtqueue } from '../virtqueue';
import { Connection, type ConnectionEvents } from './connection';
import { ConnectionTable } from './connection-table';
import { connectToHost, HostListener } from './host-sockets';
import { HEADER_BYTES, HOST_CID, OP, PacketHeader, TYPE_STREAM } from './packet';
import { PacketSender } from './packet-sender';

/** Socket device; virtio 1.2, 5.10. */
const DEVICE_ID = 19;
const VIRTIO_VSOCK_F_STREAM = 1n << 0n;

// Queues, as the guest names them; 5.10.2.
const RECEIVE = 0;
const TRANSMIT = 1;
const EVENT = 2;
const QUEUE_SIZE = 128;
const EVENT_QUEUE_SIZE = 16;

/** struct virtio_vsock_event: its id, and the only one there is; 5.10.6.7. */
const EVENT_BYTES = 4;
const EVENT_TRANSPORT_RESET = 0;

/** Each costs a descriptor of the host, and up to 256 KiB. */
const MAX_CONNECTIONS = 1024;

export interface VsockOptions {
  readonly name: string;
  /** The guest's address. */
  readonly guestCid: number;
  /** Where the host gets to the guest; with "_<port>" behind it, where the guest gets to the host. */
  readonly path: string;
  readonly maxConnections?: number;
}

/** Sockets between programs of the guest and programs of the host. */
export class VirtioVsock implements VirtioDevice {
  readonly type = DEVICE_ID;
  readonly name: string;
  readonly features = VIRTIO_VSOCK_F_STREAM;
  readonly queueSizes = [QUEUE_SIZE, QUEUE_SIZE, EVENT_QUEUE_SIZE];
  readonly config = new Uint8Array(8);
  private readonly guestCid: number;
  private readonly path: string;
  private readonly maxConnections: number;
  private readonly listener: HostListener;
  private readonly table = new ConnectionTable();
  private readonly sender: PacketSender;
  private readonly packet = new PacketHeader();
  private readonly transmit = new QueuePump((chain, queue) => this.serve(chain, queue));
  private events: { readonly queue: Virtqueue; readonly chain: DescriptorChain } | undefined;
  private isResetDue = false;
  private isActive = false;
  private readonly totals = {
    fromGuest: 0,
    fromHost: 0,
    refused: 0,
    txPackets: 0,
    txBytes: 0,
    dropped: 0,
    violations: 0,
  };
  private readonly connectionEvents: ConnectionEvents = {
    ready: (connection) => this.sender.add(connection),
    over: (connection) => this.end(connection),
  };

  /** @throws HostRefusal when there can be no socket at the path */
  constructor({ name, guestCid, path, maxConnections = MAX_CONNECTIONS }: VsockOptions) {
    this.name = name;
    this.guestCid = guestCid;
    this.path = path;
    this.maxConnections = maxConnections;
    new DataView(this.config.buffer).setBigUint64(0, BigInt(guestCid), true);
    this.sender = new PacketSender(guestCid, () => this.transmit.resume());
    this.listener = new HostListener(path, {
      hasRoom: () => this.isActive && this.hasRoom(),
      connected: (socket, port) => this.connectToGuest(socket, port),
    });
  }

  activate({ memory, queues }: Activation): void {
    this.isActive = true;
    const events = queues[EVENT];
    if (events !== undefined) {
      this.events = { queue: events, chain: new DescriptorChain(memory, events.size) };
    }
    this.sender.start(memory, queues[RECEIVE]);
    this.transmit.start(memory, queues[TRANSMIT]);
    this.sendEvent();
  }

  notify(queue: number): void {
    if (queue === RECEIVE) this.sender.notify();
    else if (queue === TRANSMIT) this.transmit.notify();
    else this.sendEvent();
  }

  /** Ends all connections, and tells the guest to look up its address anew; 5.10.6.7. */
  transportReset(): void {
    this.table.destroy();
    this.sender.clear();
    this.isResetDue = true;
    this.sendEvent();
  }

  reset(): void {
    this.isActive = false;
    this.isResetDue = false;
    this.transmit.stop();
    this.sender.stop();
    this.events = undefined;
    this.table.destroy();
    this.listener.disconnect();
  }

  async close(): Promise<void> {
    await this.listener.close();
  }

  counters(): Readonly<Record<string, number>> {
    const { packets: rxPackets, bytes: rxBytes, resets } = this.sender;
    return { connections: this.table.size, ...this.totals, rxPackets, rxBytes, resets };
  }

  /** A packet of the guest. */
  private serve(chain: DescriptorChain, queue: Virtqueue): number {
    // Nearly every packet may have to be answered by a reset.
    if (this.sender.isCrowded) return WAIT;
    const { packet } = this;
    const isWhole =
      chain.writableBytes === 0 &&
      packet.readFrom(chain) &&
      packet.length <= chain.readableBytes - HEADER_BYTES;
    if (!isWhole) {
      queue.fail('a packet that is shorter than it says, or in a buffer to write');
      return 0;
    }
    this.totals.txPackets += 1;
    if (packet.op === OP.data) this.totals.txBytes += packet.length;
    // An answer would go to somebody else.
    if (packet.srcCid === this.guestCid) this.dispatch(packet, chain);
    else this.totals.dropped += 1;
    return 0;
  }

  private dispatch(packet: PacketHeader, chain: DescriptorChain): void {
    const isForUs = packet.dstCid === HOST_CID && packet.type === TYPE_STREAM;
    const known = isForUs ? this.table.find(packet.dstPort, packet.srcPort) : undefined;
    if (packet.op === OP.reset) {
      if (known !== undefined) this.forget(known);
    } else if (known !== undefined) {
      if (known.receive(packet, chain)) return;
      this.totals.violations += 1;
      this.end(known);
    } else if (isForUs && packet.op === OP.request && this.hasRoom()) {
      this.connectToHost(packet);
    } else {
      this.totals.refused += 1;
      const { dstCid: srcCid, dstPort: srcPort, srcPort: dstPort, type } = packet;
      this.sender.reset({ srcCid, srcPort, dstPort, type });
    }
  }

  private hasRoom(): boolean {
    return this.table.size + this.listener.waiting < this.maxConnections;
  }

  private connectToHost(packet: PacketHeader): void {
    const { dstPort, srcPort } = packet;
    const socket = connectToHost(this.path, dstPort);
    const connection = new Connection(dstPort, srcPort, socket, this.connectionEvents);
    this.table.add(connection);
    this.totals.fromGuest += 1;
    connection.credit.update(packet.bufAlloc, packet.fwdCnt);
  }

  private connectToGuest(socket: net.Socket, guestPort: number): void {
    const hostPort = this.table.freeHostPort(guestPort);
    this.table.add(new Connection(hostPort, guestPort, socket, this.connectionEvents));
    this.totals.fromHost += 1;
  }

  /** A connection is over, and the guest is told. */
  private end(connection: Connection): void {
    if (!this.forget(connection)) return;
    const { hostPort: srcPort, guestPort: dstPort } = connection;
    this.sender.reset({ srcCid: HOST_CID, srcPort, dstPort, type: TYPE_STREAM });
  }

  private forget(connection: Connection): boolean {
    connection.destroy();
    this.sender.remove(connection);
    return this.table.delete(connection);
  }

  private sendEvent(): void {
    if (!this.isResetDue || this.events === undefined) return;
    const { queue, chain } = this.events;
    if (!queue.pop(chain)) {
      queue.enableNotifications();
      return;
    }
    if (chain.writableBytes < EVENT_BYTES) {
      queue.fail('a buffer for events without room for one');
      return;
    }
    const event = new Uint8Array(EVENT_BYTES);
    event[0] = EVENT_TRANSPORT_RESET;
    queue.push(chain.head, chain.write(0, event));
    queue.publish();
    this.isResetDue = false;
  }
}
