/** The frame that every ACPI table has; ACPI 6.5, 5.2.6. */

export const HEADER_BYTES = 36;

const LENGTH_AT = 4;
const REVISION_AT = 8;
const CHECKSUM_AT = 9;
const OEM_ID_AT = 10;
const OEM_TABLE_ID_AT = 16;
const OEM_REVISION_AT = 24;
const CREATOR_ID_AT = 28;
const CREATOR_REVISION_AT = 32;

export const OEM_ID = 'VIRTDK';
const OEM_TABLE_ID = 'VIRTDECK';
const CREATOR_ID = 'VDCK';

/** A table of `body` behind a header, with its checksum. */
export function table(signature: string, revision: number, body: Uint8Array): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + body.length);
  bytes.write(signature, 0, 'latin1');
  bytes.writeUInt32LE(bytes.length, LENGTH_AT);
  bytes.writeUInt8(revision, REVISION_AT);
  bytes.write(OEM_ID, OEM_ID_AT, 'latin1');
  bytes.write(OEM_TABLE_ID, OEM_TABLE_ID_AT, 'latin1');
  bytes.writeUInt32LE(1, OEM_REVISION_AT);
  bytes.write(CREATOR_ID, CREATOR_ID_AT, 'latin1');
  bytes.writeUInt32LE(1, CREATOR_REVISION_AT);
  bytes.set(body, HEADER_BYTES);
  setChecksum(bytes, CHECKSUM_AT);
  return bytes;
}

/** All bytes add up to zero. */
export function setChecksum(bytes: Buffer, at: number): void {
  bytes[at] = 0;
  bytes[at] = -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
}
