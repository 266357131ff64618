import type { GuestMemory } from '../../memory/guest-memory';
import type { ConsolePort, TerminalSize } from './console-port';
import { DescriptorChain } from './descriptor-chain';
import { QueuePump } from './queue-pump';
import type { Virtqueue } from './virtqueue';

/** Control messages between driver and device; virtio 1.2, 5.3.6.2. */

/** struct virtio_console_control: port, event, value. */
const MESSAGE_BYTES = 8;
const EVENT = {
  deviceReady: 0,
  portAdd: 1,
  portReady: 3,
  consolePort: 4,
  resize: 5,
  portOpen: 6,
  portName: 7,
} as const;

/**
 * The control queues. What is to be told is kept with each port as a flag, not as a message: the
 * driver cannot make messages pile up, and it hears of the newest state only.
 */
export class ConsoleControl {
  private setup: { readonly queue: Virtqueue; readonly chain: DescriptorChain } | undefined;
  private readonly transmit = new QueuePump((chain, queue) => this.serve(chain, queue));
  private readonly message = new Uint8Array(MESSAGE_BYTES);
  private readonly view = new DataView(this.message.buffer);

  constructor(private readonly ports: readonly ConsolePort[]) {}

  start(
    memory: GuestMemory,
    receive: Virtqueue | undefined,
    transmit: Virtqueue | undefined,
  ): void {
    if (receive !== undefined) {
      this.setup = { queue: receive, chain: new DescriptorChain(memory, receive.size) };
    }
    this.transmit.start(memory, transmit);
  }

  /** No access to guest memory any more. */
  stop(): void {
    this.transmit.stop();
    this.setup = undefined;
  }

  notifyTransmit(): void {
    this.transmit.notify();
  }

  /** A message of the driver. */
  private serve(chain: DescriptorChain, queue: Virtqueue): number {
    if (chain.writableBytes > 0 || chain.read(0, this.message) < MESSAGE_BYTES) {
      queue.fail('a control message that is too short, or in a buffer to write');
      return 0;
    }
    const id = this.view.getUint32(0, true);
    const isGood = this.view.getUint16(6, true) !== 0;
    this.take(id, this.view.getUint16(4, true), isGood);
    this.send();
    return 0;
  }

  private take(id: number, event: number, isGood: boolean): void {
    if (event === EVENT.deviceReady) {
      for (const { news } of this.ports) news.add = isGood;
      return;
    }
    const port = this.ports[id];
    if (port === undefined) return;
    if (event === EVENT.portReady) port.setReady(isGood);
    else if (event === EVENT.portOpen) port.setGuestOpen(isGood);
  }

  /** Tells all there is to tell, as far as the driver has given buffers. */
  send(): void {
    if (this.setup === undefined) return;
    const { queue, chain } = this.setup;
    for (const port of this.ports) {
      for (let message = nextMessage(port); message !== undefined; message = nextMessage(port)) {
        if (!queue.pop(chain) && (queue.enableNotifications() || !queue.pop(chain))) {
          queue.publish();
          return;
        }
        if (chain.readableCount > 0 || chain.writableBytes < message.bytes.length) {
          queue.fail('a buffer for control messages that is too short, or to read');
          return;
        }
        queue.push(chain.head, chain.write(0, message.bytes));
        message.told();
      }
    }
    queue.publish();
  }
}

interface Message {
  readonly bytes: Uint8Array;
  told(): void;
}

/** What a port has to tell first. */
function nextMessage({ index, name, size, news, isHostOpen }: ConsolePort): Message | undefined {
  const message = (
    key: keyof typeof news,
    event: number,
    value = 1,
    more: Uint8Array = new Uint8Array(0),
  ): Message => {
    const head = Buffer.alloc(MESSAGE_BYTES);
    head.writeUInt32LE(index, 0);
    head.writeUInt16LE(event, 4);
    head.writeUInt16LE(value, 6);
    const told = (): void => {
      news[key] = false;
    };
    return { bytes: Buffer.concat([head, more]), told };
  };
  if (news.add) return message('add', EVENT.portAdd);
  if (news.isConsole) return message('isConsole', EVENT.consolePort);
  if (news.name) return message('name', EVENT.portName, 1, Buffer.from(name ?? ''));
  if (news.size) return message('size', EVENT.resize, 1, sizeBytes(size));
  if (news.open) return message('open', EVENT.portOpen, isHostOpen ? 1 : 0);
  return undefined;
}

/** Columns first, as 5.3.6.2 has it; Linux took them for rows until 2025. */
function sizeBytes(size: TerminalSize | undefined): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(size?.cols ?? 0, 0);
  bytes.writeUInt16LE(size?.rows ?? 0, 2);
  return bytes;
}
