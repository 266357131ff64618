import type { GuestMemory } from '../../memory/guest-memory';
import { DescriptorChain } from './descriptor-chain';
import {
  GUEST_OFFLOADS,
  has,
  VIRTIO_NET_F_CTRL_GUEST_OFFLOADS,
  VIRTIO_NET_F_CTRL_RX,
  VIRTIO_NET_F_MQ,
} from './net-features';
import type { Virtqueue } from './virtqueue';

/** Commands of the control queue, class in the high byte; virtio 1.2, 5.1.6.5. */
const RX_PROMISCUOUS = 0x0000;
const RX_ALL_MULTICAST = 0x0001;
const MAC_TABLE_SET = 0x0100;
const MQ_PAIRS_SET = 0x0400;
const GUEST_OFFLOADS_SET = 0x0500;

const OK = 0;
const ERROR = 1;

const COMMAND_BYTES = 2;
const MAC_BYTES = 6;
const COMMANDS_A_TURN = 64;

/** What the driver may command; each throws when the host refuses. */
export interface ControlActions {
  readonly maxPairs: number;
  setPairs(count: number): void;
  applyOffloads(offloads: bigint): void;
}

/** The control queue: a command, an acknowledgement. */
export class NetControl {
  private setup: { queue: Virtqueue; chain: DescriptorChain; features: bigint } | undefined;
  private nextTurn: NodeJS.Immediate | undefined;
  private readonly acknowledgement = new Uint8Array(1);

  constructor(private readonly actions: ControlActions) {}

  start(memory: GuestMemory, queue: Virtqueue, features: bigint): void {
    this.setup = { queue, chain: new DescriptorChain(memory, queue.size), features };
    this.notify();
  }

  /** No access to guest memory any more. */
  stop(): void {
    clearImmediate(this.nextTurn);
    this.nextTurn = undefined;
    this.setup = undefined;
  }

  notify(): void {
    if (this.nextTurn === undefined) this.run();
  }

  private run(): void {
    this.nextTurn = undefined;
    if (this.setup === undefined) return;
    const { queue, chain, features } = this.setup;
    for (let i = 0; i < COMMANDS_A_TURN; i++) {
      if (queue.pop(chain)) {
        if (chain.writableBytes === 0) {
          queue.fail('a control command without room for its acknowledgement');
          return;
        }
        this.acknowledgement[0] = this.execute(chain, features) ? OK : ERROR;
        queue.push(chain.head, chain.write(0, this.acknowledgement));
      } else {
        queue.publish();
        if (queue.enableNotifications()) return;
      }
    }
    queue.publish();
    this.nextTurn = setImmediate(() => this.run());
  }

  private execute(chain: DescriptorChain, features: bigint): boolean {
    const command = number(chain, 0, COMMAND_BYTES);
    if (command === undefined) return false;
    // The class comes first.
    switch (((command & 0xff) << 8) | (command >>> 8)) {
      case RX_PROMISCUOUS:
      case RX_ALL_MULTICAST:
        // A tap has all frames of its wire anyway; a device may deliver more than was asked for.
        return has(features, VIRTIO_NET_F_CTRL_RX) && number(chain, COMMAND_BYTES, 1) !== undefined;
      case MAC_TABLE_SET:
        return has(features, VIRTIO_NET_F_CTRL_RX) && isMacTable(chain);
      case MQ_PAIRS_SET:
        return has(features, VIRTIO_NET_F_MQ) && this.setPairs(number(chain, COMMAND_BYTES, 2));
      case GUEST_OFFLOADS_SET:
        return (
          has(features, VIRTIO_NET_F_CTRL_GUEST_OFFLOADS) && this.applyOffloads(chain, features)
        );
      default:
        return false;
    }
  }

  private setPairs(count: number | undefined): boolean {
    const { maxPairs } = this.actions;
    if (count === undefined || count < 1 || count > maxPairs) return false;
    return succeeds(() => this.actions.setPairs(count));
  }

  private applyOffloads(chain: DescriptorChain, features: bigint): boolean {
    const bytes = new Uint8Array(8);
    if (chain.read(COMMAND_BYTES, bytes) < bytes.length) return false;
    const offloads = new DataView(bytes.buffer).getBigUint64(0, true);
    if ((offloads & ~(features & GUEST_OFFLOADS)) !== 0n) return false;
    return succeeds(() => this.actions.applyOffloads(offloads));
  }
}

function succeeds(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

/** Two lists of addresses, each with its count before it; 5.1.6.5.2. */
function isMacTable(chain: DescriptorChain): boolean {
  const unicast = number(chain, COMMAND_BYTES, 4);
  if (unicast === undefined) return false;
  const second = COMMAND_BYTES + 4 + unicast * MAC_BYTES;
  const multicast = number(chain, second, 4);
  if (multicast === undefined) return false;
  return second + 4 + multicast * MAC_BYTES <= chain.readableBytes;
}

/** A little-endian number of the command, or undefined where the command ends before it. */
function number(chain: DescriptorChain, offset: number, size: 1 | 2 | 4): number | undefined {
  const bytes = Buffer.alloc(size);
  return chain.read(offset, bytes) < size ? undefined : bytes.readUIntLE(0, size);
}
