/** Configuration space of one function; PCI Local Bus 3.0, chapter 6, and PCI Express 4.0, 7.5. */

/** With the extended space of PCI Express. */
export const CONFIG_SPACE_BYTES = 4096;

/** Offsets of the type 0 header; PCI 3.0, figure 6-1. */
export const HEADER = {
  vendorId: 0x00,
  deviceId: 0x02,
  command: 0x04,
  status: 0x06,
  revision: 0x08,
  classCode: 0x09,
  bar0: 0x10,
  subsystemVendorId: 0x2c,
  subsystemId: 0x2e,
  capabilities: 0x34,
} as const;

// Command register; 6.2.2.
export const COMMAND_MEMORY = 0x2;
const COMMAND_BUS_MASTER = 0x4;
const COMMAND_INTERRUPT_DISABLE = 0x400;
/** Status register: there is a capability list; 6.2.3. */
const STATUS_CAPABILITIES = 0x10;
const FIRST_CAPABILITY = 0x40;
/** Where the space of PCI, and with it the list of capabilities, ends. */
const CAPABILITIES_END = 0x100;

export interface FunctionIdentity {
  readonly vendorId: number;
  readonly deviceId: number;
  readonly subsystemVendorId: number;
  readonly subsystemId: number;
  readonly revision: number;
  /** Base class, sub-class and interface; PCI Code and ID Assignment. */
  readonly classCode: number;
}

/** The registers of a function as bytes, each bit of which the guest may write or not. */
export class ConfigSpace {
  readonly bytes = new Uint8Array(CONFIG_SPACE_BYTES);
  readonly view = new DataView(this.bytes.buffer);
  private readonly writable = new Uint8Array(CONFIG_SPACE_BYTES);
  private readonly writableView = new DataView(this.writable.buffer);
  private nextCapability = FIRST_CAPABILITY;
  /** Where the offset of the next capability is to be written. */
  private lastLink: number = HEADER.capabilities;

  constructor(identity: FunctionIdentity) {
    this.view.setUint16(HEADER.vendorId, identity.vendorId, true);
    this.view.setUint16(HEADER.deviceId, identity.deviceId, true);
    this.view.setUint8(HEADER.revision, identity.revision);
    this.view.setUint8(HEADER.classCode, identity.classCode & 0xff);
    this.view.setUint16(HEADER.classCode + 1, identity.classCode >>> 8, true);
    this.view.setUint16(HEADER.subsystemVendorId, identity.subsystemVendorId, true);
    this.view.setUint16(HEADER.subsystemId, identity.subsystemId, true);
    this.allowWrites(
      HEADER.command,
      2,
      COMMAND_MEMORY | COMMAND_BUS_MASTER | COMMAND_INTERRUPT_DISABLE,
    );
  }

  /** Lets the guest write the bits of `mask` in the register of `size` bytes. */
  allowWrites(offset: number, size: 1 | 2 | 4, mask: number): void {
    if (size === 1) this.writableView.setUint8(offset, mask);
    else if (size === 2) this.writableView.setUint16(offset, mask, true);
    else this.writableView.setUint32(offset, mask, true);
  }

  /**
   * Appends a capability to the list; 6.7.
   * @param body what follows the id and the link
   * @returns the offset of the capability
   */
  addCapability(id: number, body: Uint8Array): number {
    const at = this.nextCapability;
    const end = at + 2 + body.length;
    if (end > CAPABILITIES_END) throw new RangeError('the capabilities do not fit');
    this.bytes[at] = id;
    this.bytes.set(body, at + 2);
    this.bytes[this.lastLink] = at;
    this.lastLink = at + 1;
    this.nextCapability = Math.ceil(end / 4) * 4;
    this.bytes[HEADER.status] = (this.bytes[HEADER.status] ?? 0) | STATUS_CAPABILITIES;
    return at;
  }

  /** @param size 1, 2 or 4; an access that reaches past the end reads ones there */
  read(offset: number, size: number): number {
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + (this.bytes[offset + i] ?? 0xff);
    return value;
  }

  /** Changes the bits that may be written and no other. */
  write(offset: number, size: number, value: number): void {
    for (let i = 0; i < size; i++) {
      const at = offset + i;
      const mask = this.writable[at];
      if (mask === undefined) return;
      this.bytes[at] = ((this.bytes[at] ?? 0) & ~mask) | ((value >>> (8 * i)) & mask);
    }
  }
}
