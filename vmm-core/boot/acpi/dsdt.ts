import { SLEEP_TYPE_OFF } from '../../devices/acpi-pm';
import { ECAM, PCI_MMIO_32 } from '../../machine/address-map';
import { COM1_IRQ, PORTS } from '../../machine/ports';
import { type Aml, concat, device, eisaId, integer, name, packageOf, scope, text } from './aml';
import {
  busNumbers,
  fixedMemory,
  ioPorts,
  ioWindow,
  isaInterrupt,
  memoryWindow,
  resources,
} from './resources';

/** Ports above those of ISA devices, which PCI functions could have. */
const PCI_IO = { first: 0x1000, last: 0xffff };
/** Present, enabled, shown and working; ACPI 6.5, 6.3.7. */
const STATUS_THERE = 0xf;

/**
 * What the guest cannot find out by itself. It is kept short: a guest interprets it at boot, and on
 * hosts that emulate guest kernels each byte is felt. Interrupts of PCI functions are messages, so
 * there is no table of pins.
 */
export function dsdtBody(): Aml {
  return concat(
    name('\\_S5', packageOf(integer(SLEEP_TYPE_OFF), integer(0), integer(0), integer(0))),
    scope('\\_SB', pciRoot(), platformResources(), serialPort(), panicDevice()),
  );
}

function pciRoot(): Aml {
  return device(
    'PCI0',
    name('_HID', eisaId('PNP0A08')),
    name('_CID', eisaId('PNP0A03')),
    name('_UID', integer(0)),
    name(
      '_CRS',
      resources(
        busNumbers(0, 0),
        ioPorts(PORTS.pciConfig.first, PORTS.pciConfig.count),
        ioWindow(PCI_IO.first, PCI_IO.last),
        memoryWindow(PCI_MMIO_32.base, PCI_MMIO_32.size),
      ),
    ),
  );
}

/** Keeps the guest from placing anything over ECAM and the power management ports. */
function platformResources(): Aml {
  const { acpiPm1Event, acpiTimer } = PORTS;
  return device(
    'PLAT',
    name('_HID', eisaId('PNP0C02')),
    name('_UID', integer(0)),
    name(
      '_CRS',
      resources(
        fixedMemory(ECAM.base, ECAM.size),
        ioPorts(acpiPm1Event.first, acpiTimer.first + acpiTimer.count - acpiPm1Event.first),
      ),
    ),
  );
}

function serialPort(): Aml {
  return device(
    'COM1',
    name('_HID', eisaId('PNP0501')),
    name('_UID', integer(0)),
    name('_CRS', resources(ioPorts(PORTS.com1.first, PORTS.com1.count), isaInterrupt(COM1_IRQ))),
  );
}

function panicDevice(): Aml {
  return device(
    'PEVT',
    name('_HID', text('QEMU0001')),
    name('_STA', integer(STATUS_THERE)),
    name('_CRS', resources(ioPorts(PORTS.pvpanic.first, PORTS.pvpanic.count))),
  );
}
