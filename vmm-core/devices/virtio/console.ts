import { ConsoleControl } from './console-control';
import { ConsolePort } from './console-port';
import type { Activation, DeviceEvents, VirtioDevice } from './virtio-device';

/** Console device; virtio 1.2, 5.3. */
const DEVICE_ID = 3;
const QUEUE_SIZE = 64;

export const VIRTIO_CONSOLE_F_SIZE = 1n << 0n;
export const VIRTIO_CONSOLE_F_MULTIPORT = 1n << 1n;

// Queues beside those of ports; 5.3.2.
const CONTROL_RECEIVE = 2;
const CONTROL_TRANSMIT = 3;

// Configuration space; 5.3.4.
const COLS = 0;
const ROWS = 2;
const MAX_NR_PORTS = 4;
const CONFIG_BYTES = 8;

const MAX_SIDE = 0xffff;

export interface ConsoleOptions {
  readonly name: string;
  /** Names of the ports behind the console. */
  readonly ports: readonly string[];
}

/** A console, which is port 0, and further streams of bytes between host and guest. */
export class VirtioConsole implements VirtioDevice {
  readonly type = DEVICE_ID;
  readonly name: string;
  readonly features = VIRTIO_CONSOLE_F_SIZE | VIRTIO_CONSOLE_F_MULTIPORT;
  readonly queueSizes: readonly number[];
  readonly config = new Uint8Array(CONFIG_BYTES);
  readonly ports: readonly ConsolePort[];
  private readonly configView = new DataView(this.config.buffer);
  private readonly control: ConsoleControl;
  private events: DeviceEvents | undefined;

  constructor({ name, ports }: ConsoleOptions) {
    this.name = name;
    this.ports = [undefined, ...ports].map(
      (portName, index) => new ConsolePort(index, portName, () => this.control.send()),
    );
    this.control = new ConsoleControl(this.ports);
    this.queueSizes = Array.from({ length: 2 * this.ports.length + 2 }, () => QUEUE_SIZE);
    this.configView.setUint32(MAX_NR_PORTS, this.ports.length, true);
  }

  attach(events: DeviceEvents): void {
    this.events = events;
  }

  /** @throws RangeError when there is no such port */
  port(index: number): ConsolePort {
    const port = this.ports[index];
    if (port === undefined) throw new RangeError(`port ${index} of ${this.ports.length}`);
    return port;
  }

  /**
   * The terminal at the host's side of a port has another size now.
   * @throws RangeError when there is no such port or size
   */
  resize(index: number, cols: number, rows: number): void {
    if (!isSide(cols) || !isSide(rows)) throw new RangeError(`a terminal of ${cols} by ${rows}`);
    const port = this.port(index);
    if (port.size?.cols === cols && port.size.rows === rows) return;
    port.resize({ cols, rows });
    if (index !== 0) return;
    // For drivers that have no control queue; 5.3.4.
    this.configView.setUint16(COLS, cols, true);
    this.configView.setUint16(ROWS, rows, true);
    this.events?.configChanged();
  }

  activate({ memory, features, queues }: Activation): void {
    if ((features & VIRTIO_CONSOLE_F_MULTIPORT) === 0n) {
      const [console] = this.ports;
      console?.connect(memory, queues[0], queues[1]);
      console?.setGuestOpen(true);
      return;
    }
    for (const port of this.ports) {
      const first = firstQueue(port.index);
      port.connect(memory, queues[first], queues[first + 1]);
    }
    this.control.start(memory, queues[CONTROL_RECEIVE], queues[CONTROL_TRANSMIT]);
  }

  notify(queue: number): void {
    if (queue === CONTROL_RECEIVE) this.control.send();
    else if (queue === CONTROL_TRANSMIT) this.control.notifyTransmit();
    else if (queue % 2 === 0) this.ports[portOf(queue)]?.notifyReceive();
    else this.ports[portOf(queue)]?.notifyTransmit();
  }

  reset(): void {
    this.control.stop();
    for (const port of this.ports) port.disconnect();
  }

  close(): void {}

  counters(): Readonly<Record<string, number>> {
    const sum = (key: 'inputBytes' | 'outputBytes'): number =>
      this.ports.reduce((total, port) => total + port[key], 0);
    return {
      inputBytes: sum('inputBytes'),
      outputBytes: sum('outputBytes'),
      openPorts: this.ports.filter((port) => port.isGuestOpen).length,
    };
  }
}

/** The control queues lie behind those of port 0. */
function firstQueue(port: number): number {
  return port === 0 ? 0 : 2 * port + 2;
}

function portOf(queue: number): number {
  return queue < CONTROL_RECEIVE ? 0 : (queue >>> 1) - 1;
}

function isSide(length: number): boolean {
  return Number.isInteger(length) && length >= 1 && length <= MAX_SIDE;
}
