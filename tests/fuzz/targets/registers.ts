import { Rtc } from '../../../vmm-core/devices/rtc';
import { createSerialState, Serial } from '../../../vmm-core/devices/serial';
import { MemoryBus, PortBus } from '../../../vmm-core/machine/bus';
import { PciBus } from '../../../vmm-core/pci/pci-bus';
import { PciFunction } from '../../../vmm-core/pci/pci-function';
import type { Random } from '../random';
import type { FuzzTarget } from '../target';

const STEPS = 2000;
const WIDTHS = [1, 2, 4];

/** What a read gives must fit its width, whatever was written before. */
function checkWidth(value: number, size: number, what: string): void {
  const limit = 2 ** (8 * size);
  if (!Number.isInteger(value) || value < 0 || value >= limit) {
    throw new Error(`${what}: a read of ${size} bytes gave ${value}`);
  }
}

/** The UART, with a host that types now and then. */
export class SerialTarget implements FuzzTarget {
  readonly name = 'serial';

  round(random: Random): number {
    let level = false;
    const serial = new Serial(createSerialState(), {
      transmit: (byte) => checkWidth(byte, 1, 'transmit'),
      setInterrupt: (on) => {
        if (on === level) throw new Error('the interrupt line was set to what it was');
        level = on;
      },
    });
    serial.reset();
    level = false;
    const ports = new PortBus();
    ports.attach(0x3f8, 8, serial);
    for (let step = 0; step < STEPS; step++) {
      const port = 0x3f6 + random.below(12);
      const size = random.pick(WIDTHS);
      if (random.oneIn(8)) serial.receive(random.bytes(random.below(100)));
      else if (random.oneIn(2)) checkWidth(ports.read(port, size), size, 'serial');
      else ports.write(port, size, random.hostile());
    }
    return STEPS;
  }
}

export class RtcTarget implements FuzzTarget {
  readonly name = 'rtc';

  round(random: Random): number {
    const rtc = new Rtc(() => new Date(random.u32() * 1000));
    const ports = new PortBus();
    ports.attach(0x70, 2, rtc);
    for (let step = 0; step < STEPS; step++) {
      const port = 0x6f + random.below(4);
      const size = random.pick(WIDTHS);
      if (random.oneIn(2)) checkWidth(ports.read(port, size), size, 'rtc');
      else ports.write(port, size, random.hostile());
    }
    return STEPS;
  }
}

const WINDOW = { base: 0xc000_0000, size: 0x10_0000 };

/** Configuration space by both ways, with BARs that land on one another and anywhere else. */
export class PciTarget implements FuzzTarget {
  readonly name = 'pci';

  round(random: Random): number {
    const memory = new MemoryBus();
    const bus = new PciBus(memory, WINDOW, {
      widest: 1,
      read: () => 0,
      write: () => undefined,
    });
    for (let i = 0; i < 4; i++) {
      const device = new PciFunction({
        vendorId: 1,
        deviceId: i,
        subsystemVendorId: 1,
        subsystemId: i,
        revision: 1,
        classCode: 0xff_0000,
      });
      const size = 0x1000 << random.below(4);
      device.addBar(random.below(6), {
        size,
        device: { widest: 4, read: (offset) => this.inside(offset, size), write: () => undefined },
        moved: (gpa) => {
          if (gpa !== undefined && (gpa < WINDOW.base || gpa + size > WINDOW.base + WINDOW.size)) {
            throw new Error(`a BAR answers at 0x${gpa.toString(16)}, outside the window`);
          }
        },
      });
      bus.add(device);
    }
    const ports = new PortBus();
    ports.attach(0xcf8, 8, bus.configPorts);
    for (let step = 0; step < STEPS; step++) {
      const size = random.pick(WIDTHS);
      const register = (random.below(6) << 15) | random.below(0x1000);
      const value = random.oneIn(2)
        ? random.hostile()
        : WINDOW.base + random.below(WINDOW.size) - random.below(0x2000);
      switch (random.below(6)) {
        case 0:
          checkWidth(bus.ecam.read(register, size), size, 'ecam');
          break;
        case 1:
          bus.ecam.write((random.below(6) << 15) | random.below(0x40), size, value);
          break;
        case 2:
          ports.write(0xcf8, 4, 0x8000_0000 | random.below(0x4000));
          break;
        case 3:
          ports.write(0xcf8 + random.below(8), size, value);
          break;
        case 4:
          checkWidth(ports.read(0xcf6 + random.below(12), size), size, 'config ports');
          break;
        default:
          checkWidth(memory.read(WINDOW.base + random.below(WINDOW.size), size), size, 'BAR');
      }
    }
    return STEPS;
  }

  private inside(offset: number, size: number): number {
    if (offset < 0 || offset >= size) throw new Error(`offset ${offset} of a BAR of ${size}`);
    return 0;
  }
}
