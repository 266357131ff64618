import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryBus } from '../../machine/bus';
import { GuestRam } from '../../memory/guest-memory';
import { PciBus } from '../../pci/pci-bus';
import { STATUS } from './transport';
import type { Activation, DeviceEvents, VirtioDevice } from './virtio-device';
import { VirtioPci } from './virtio-pci';

const MiB = 2 ** 20;
const WINDOW = { base: 0xc000_0000, size: MiB };
const ECAM_DEVICE_1 = 1 << 15;
const MSIX = 0x4000;
const PENDING = 0x5000;

/** Registers of the common configuration; virtio 1.2, 4.1.4.3. */
const REGISTER = {
  deviceFeatureSelect: 0x00,
  deviceFeature: 0x04,
  driverFeatureSelect: 0x08,
  driverFeature: 0x0c,
  configVector: 0x10,
  numQueues: 0x12,
  status: 0x14,
  generation: 0x15,
  queueSelect: 0x16,
  queueSize: 0x18,
  queueVector: 0x1a,
  queueEnable: 0x1c,
  notifyOff: 0x1e,
  desc: 0x20,
  driver: 0x28,
  device: 0x30,
} as const;

/** Serves by hand; the test is its inside. */
class TestDevice implements VirtioDevice {
  readonly type = 4;
  readonly name = 'test';
  readonly features = 1n << 3n;
  readonly queueSizes = [8, 16];
  readonly config = Uint8Array.of(1, 2, 3, 4, 5, 6);
  events: DeviceEvents | undefined;
  activation: Activation | undefined;
  readonly rings: number[] = [];
  readonly writes: string[] = [];
  resetDone: Promise<void> | undefined;
  attach(events: DeviceEvents): void {
    this.events = events;
  }
  activate(activation: Activation): void {
    this.activation = activation;
  }
  notify(queue: number): void {
    this.rings.push(queue);
  }
  writeConfig(offset: number, size: number, value: number): void {
    this.writes.push(`${offset}/${size} ${value}`);
  }
  reset(): Promise<void> | undefined {
    this.activation = undefined;
    return this.resetDone;
  }
  close(): void {}
  counters(): Record<string, number> {
    return {};
  }
}

let ram: GuestRam;
let device: TestDevice;
let pci: VirtioPci;
let memory: MemoryBus;
let bus: PciBus;
let bar: number;
let interrupts: number[];
let doorbells: Map<number, number | undefined>;

beforeEach(() => {
  ram = new GuestRam(16 * MiB);
  device = new TestDevice();
  memory = new MemoryBus();
  interrupts = [];
  doorbells = new Map();
  let lines = 0;
  pci = new VirtioPci(device, {
    memory: ram.memory,
    msi: {
      newLine: () => {
        let data = lines++;
        return {
          trigger: () => void interrupts.push(data),
          setMessage: (message) => {
            data = message.data;
          },
        };
      },
    },
    doorbells: {
      place: (_owner, index, gpa) => void doorbells.set(index, gpa),
    },
  });
  bus = new PciBus(memory, WINDOW, { widest: 1, read: () => 0, write: () => undefined });
  bus.add(pci);
  bus.ecam.write(ECAM_DEVICE_1 | 4, 2, 6);
  bar = bus.ecam.read(ECAM_DEVICE_1 | 0x10, 4);
});
afterEach(() => ram.release());

const read = (register: keyof typeof REGISTER, size: number): number =>
  memory.read(bar + REGISTER[register], size);
const write = (register: keyof typeof REGISTER, size: number, value: number): void =>
  memory.write(bar + REGISTER[register], size, value);

/** Finds a capability by its id, or a vendor one by its type. @returns its offset */
function capability(id: number, type?: number): number {
  let at = bus.ecam.read(ECAM_DEVICE_1 | 0x34, 1);
  for (; at !== 0; at = bus.ecam.read(ECAM_DEVICE_1 | (at + 1), 1)) {
    const isId = bus.ecam.read(ECAM_DEVICE_1 | at, 1) === id;
    if (isId && (type === undefined || bus.ecam.read(ECAM_DEVICE_1 | (at + 3), 1) === type)) {
      return at;
    }
  }
  throw new Error(`no capability ${id} ${type ?? ''}`);
}

function negotiate(features = 0x1_0000_0000n): void {
  write('status', 1, STATUS.acknowledge | STATUS.driver);
  write('driverFeatureSelect', 4, 0);
  write('driverFeature', 4, Number(features & 0xffff_ffffn));
  write('driverFeatureSelect', 4, 1);
  write('driverFeature', 4, Number(features >> 32n));
  write('status', 1, STATUS.acknowledge | STATUS.driver | STATUS.featuresOk);
}

function enableQueue(index: number, base: number, vector = index): void {
  write('queueSelect', 2, index);
  write('queueVector', 2, vector);
  write('desc', 4, base);
  write('driver', 4, base + 0x1000);
  write('device', 4, base + 0x2000);
  write('queueEnable', 2, 1);
}

const ready = (): void => write('status', 1, 15);

function enableMsix(vectors: number): void {
  for (let vector = 0; vector < vectors; vector++) {
    memory.write(bar + MSIX + 16 * vector, 4, 0xfee0_0000);
    memory.write(bar + MSIX + 16 * vector + 8, 4, 0x40 + vector);
    memory.write(bar + MSIX + 16 * vector + 12, 4, 0);
  }
  bus.ecam.write(ECAM_DEVICE_1 | (capability(0x11) + 2), 2, 0x8000);
}

describe('a virtio function on the PCI bus', () => {
  it('says who it is', () => {
    expect(bus.ecam.read(ECAM_DEVICE_1, 4)).toBe(0x1044_1af4);
    expect(bus.ecam.read(ECAM_DEVICE_1 | 8, 1)).toBe(1);
  });

  it('points to its structures, all in BAR 0 and inside it', () => {
    for (const type of [1, 2, 3, 4]) {
      const at = ECAM_DEVICE_1 | capability(9, type);
      expect(bus.ecam.read(at + 4, 1)).toBe(0);
      expect(bus.ecam.read(at + 8, 4) + bus.ecam.read(at + 12, 4)).toBeLessThanOrEqual(0x8000);
    }
    expect(bus.ecam.read(ECAM_DEVICE_1 | (capability(9, 4) + 12), 4)).toBe(device.config.length);
    expect(bus.ecam.read(ECAM_DEVICE_1 | (capability(9, 2) + 16), 4)).toBe(4);
  });

  it('has a vector for each queue and one for the configuration', () => {
    expect(bus.ecam.read(ECAM_DEVICE_1 | (capability(0x11) + 2), 2)).toBe(2);
  });

  it('gives access to its BAR through configuration space', () => {
    const at = ECAM_DEVICE_1 | capability(9, 5);
    bus.ecam.write(at + 4, 1, 0);
    bus.ecam.write(at + 8, 4, REGISTER.numQueues);
    bus.ecam.write(at + 12, 4, 2);
    expect(bus.ecam.read(at + 16, 2)).toBe(2);
    bus.ecam.write(at + 8, 4, REGISTER.status);
    bus.ecam.write(at + 12, 4, 1);
    bus.ecam.write(at + 16, 1, STATUS.acknowledge);
    expect(read('status', 1)).toBe(STATUS.acknowledge);
    bus.ecam.write(at + 8, 4, 0x8000);
    expect(() => bus.ecam.read(at + 16, 1)).not.toThrow();
  });

  it("shows the device's configuration, whatever the width, and nothing behind it", () => {
    expect(memory.read(bar + 0x2000, 4)).toBe(0x0403_0201);
    expect(memory.read(bar + 0x2005, 1)).toBe(6);
    expect(memory.read(bar + 0x2006, 2)).toBe(0);
    memory.write(bar + 0x2004, 2, 9);
    memory.write(bar + 0x2006, 2, 9);
    expect(device.writes).toEqual(['4/2 9']);
  });
});

describe('negotiation', () => {
  it("offers the device's features and those of the transport", () => {
    write('deviceFeatureSelect', 4, 0);
    expect(read('deviceFeature', 4)).toBe(0x3000_0008);
    write('deviceFeatureSelect', 4, 1);
    expect(read('deviceFeature', 4)).toBe(1);
    write('deviceFeatureSelect', 4, 2);
    expect(read('deviceFeature', 4)).toBe(0);
  });

  it('agrees to a subset', () => {
    negotiate(0x1_0000_0008n);
    expect(read('status', 1)).toBe(11);
    ready();
    expect(device.activation?.features).toBe(0x1_0000_0008n);
  });

  it.each([
    ['a feature that was not offered', 0x1_0000_0004n],
    ['a legacy driver', 0x8n],
  ])('refuses %s', (_what, features) => {
    negotiate(features);
    expect(read('status', 1) & STATUS.featuresOk).toBe(0);
    ready();
    expect(device.activation).toBeUndefined();
  });

  it('is over with FEATURES_OK', () => {
    negotiate();
    write('driverFeatureSelect', 4, 0);
    write('driverFeature', 4, 8);
    expect(read('driverFeature', 4)).toBe(0);
  });

  it('ignores registers that there are not, and accesses of the wrong width', () => {
    write('queueSelect', 2, 7);
    expect([read('queueSize', 2), read('queueEnable', 2)]).toEqual([0, 0]);
    write('queueEnable', 2, 1);
    write('status', 4, 0xffff_ffff);
    write('numQueues', 2, 9);
    expect([read('status', 1), read('numQueues', 2)]).toEqual([0, 2]);
  });
});

describe('queues', () => {
  it('come up as the driver programmed them', () => {
    negotiate();
    write('queueSelect', 2, 1);
    expect([read('queueSize', 2), read('notifyOff', 2)]).toEqual([16, 1]);
    write('queueSize', 2, 4);
    enableQueue(1, MiB);
    expect(read('desc', 4)).toBe(MiB);
    ready();
    expect(device.activation?.queues[0]).toBeUndefined();
    expect(device.activation?.queues[1]?.size).toBe(4);
  });

  it.each([0, 3, 32])('keep their size when the driver asks for %i', (size) => {
    write('queueSelect', 2, 1);
    write('queueSize', 2, size);
    expect(read('queueSize', 2)).toBe(16);
  });

  it('have doorbells while they are served, which follow the BAR', () => {
    negotiate();
    enableQueue(1, MiB);
    expect(doorbells.get(1)).toBeUndefined();
    ready();
    expect([doorbells.get(0), doorbells.get(1)]).toEqual([undefined, bar + 0x3004]);
    bus.ecam.write(ECAM_DEVICE_1 | 0x10, 4, bar + 0x1_0000);
    expect(doorbells.get(1)).toBe(bar + 0x1_3004);
    memory.write(bar + 0x1_0000 + REGISTER.status, 1, 0);
    expect(doorbells.get(1)).toBeUndefined();
  });

  it('are rung by a write that comes to the BAR itself; others are lost', () => {
    negotiate();
    enableQueue(1, MiB);
    memory.write(bar + 0x3004, 2, 1);
    ready();
    memory.write(bar + 0x3004, 2, 1);
    memory.write(bar + 0x3000, 2, 0);
    memory.write(bar + 0x3ffc, 4, 0);
    expect(device.rings).toEqual([1]);
  });

  it('cannot be programmed once they are served', () => {
    negotiate();
    enableQueue(0, MiB);
    ready();
    write('desc', 4, 0);
    expect(read('desc', 4)).toBe(MiB);
  });

  it.each([
    ['outside RAM', 0x2000_0000],
    ['off its alignment', MiB + 1],
  ])('that lie %s break the device', (_where, base) => {
    negotiate();
    enableQueue(0, base);
    ready();
    expect(read('status', 1) & STATUS.needsReset).toBe(STATUS.needsReset);
    expect(device.activation).toBeUndefined();
    expect(pci.transport.brokenQueues).toBe(1);
    write('status', 1, 0);
    expect(read('status', 1)).toBe(0);
  });
});

describe('interrupts', () => {
  beforeEach(() => {
    enableMsix(3);
    negotiate();
    write('configVector', 2, 2);
    enableQueue(0, MiB, 0);
    enableQueue(1, 2 * MiB, 1);
    ready();
  });

  const serve = (index: number): void => {
    const queue = device.activation?.queues[index];
    queue?.push(0, 0);
    queue?.publish();
  };

  it('come on the vector of the queue', () => {
    serve(1);
    serve(0);
    expect(interrupts).toEqual([0x41, 0x40]);
    expect(memory.read(bar + 0x1000, 1)).toBe(1);
    expect(memory.read(bar + 0x1000, 1)).toBe(0);
  });

  it('tell of a changed configuration, with a new generation', () => {
    const generation = read('generation', 1);
    device.events?.configChanged();
    expect(interrupts).toEqual([0x42]);
    expect(read('generation', 1)).not.toBe(generation);
    expect(memory.read(bar + 0x1000, 1)).toBe(2);
  });

  it('wait, pending, while their vector is masked', () => {
    memory.write(bar + MSIX + 12, 4, 1);
    serve(0);
    expect([interrupts.length, memory.read(bar + PENDING, 4)]).toEqual([0, 1]);
    memory.write(bar + MSIX + 12, 4, 0);
    expect([interrupts.length, memory.read(bar + PENDING, 4)]).toEqual([1, 0]);
  });

  it('do not come where the driver chose no vector', () => {
    write('queueSelect', 2, 0);
    write('queueVector', 2, 3);
    expect(read('queueVector', 2)).toBe(0xffff);
    serve(0);
    expect(interrupts).toEqual([]);
  });

  it('tell of a queue that the driver broke; the device can be reset and used again', () => {
    ram.memory.bytes(MiB + 0x1000 + 2, 2).fill(0xff);
    expect(device.activation?.queues[0]?.hasAvailable()).toBe(false);
    expect(interrupts).toEqual([0x42]);
    expect(read('status', 1)).toBe(15 | STATUS.needsReset);
    expect(pci.transport.lastFault).toContain('queue 0');
    write('status', 1, 0);
    ram.memory.bytes(MiB + 0x1000 + 2, 2).fill(0);
    negotiate();
    enableQueue(0, MiB);
    ready();
    expect(read('status', 1)).toBe(15);
    serve(0);
    expect(interrupts).toHaveLength(2);
  });
});

describe('a reset', () => {
  it('is through only when the device has let go of guest memory', async () => {
    let finish: () => void = () => undefined;
    device.resetDone = new Promise((resolve) => {
      finish = resolve;
    });
    negotiate();
    enableQueue(0, MiB);
    ready();
    write('status', 1, 0);
    expect(read('status', 1)).not.toBe(0);
    write('status', 1, STATUS.acknowledge);
    finish();
    await vi.waitFor(() => expect(read('status', 1)).toBe(0));
    write('queueSelect', 2, 0);
    expect([read('queueEnable', 2), read('desc', 4), read('queueVector', 2)]).toEqual([
      0, 0, 0xffff,
    ]);
  });
});
