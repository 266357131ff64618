/**
 * Frames of an upgraded console connection, both ways: a type byte, the payload's length as a
 * 32-bit little-endian number, the payload.
 */
export const FRAME_BYTES = 0;
/** UTF-8 JSON, a ConsoleNotice; monitor to client only. */
export const FRAME_NOTICE = 1;

export const FRAME_HEADER_BYTES = 5;
/** A peer that announces more is broken and is cut off. */
export const MAX_FRAME_BYTES = 256 * 1024;

/** Where a viewer begins: at an absolute offset, or with what is printed from now on. */
export type ConsoleFrom = number | 'end';

/** `offset` is absolute: bytes the guest has printed since the monitor started. */
export type ConsoleNotice =
  /** Sent first: the offset of the next byte frame's first byte. */
  | { readonly type: 'offset'; readonly offset: number }
  /** Bytes were no longer kept; the next byte frame begins at `offset`. */
  | { readonly type: 'skipped'; readonly bytes: number; readonly offset: number };

export function encodeFrame(type: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + payload.length);
  frame[0] = type;
  frame.writeUInt32LE(payload.length, 1);
  frame.set(payload, FRAME_HEADER_BYTES);
  return frame;
}

export function encodeNotice(notice: ConsoleNotice): Buffer {
  return encodeFrame(FRAME_NOTICE, Buffer.from(JSON.stringify(notice)));
}

/**
 * Cuts a byte stream into frames.
 * @throws RangeError from push() when a frame is longer than MAX_FRAME_BYTES
 */
export class FrameDecoder {
  private pending: Buffer = Buffer.alloc(0);

  constructor(private readonly onFrame: (type: number, payload: Buffer) => void) {}

  push(chunk: Buffer): void {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    while (this.pending.length >= FRAME_HEADER_BYTES) {
      const length = this.pending.readUInt32LE(1);
      if (length > MAX_FRAME_BYTES) throw new RangeError(`a console frame of ${length} bytes`);
      const end = FRAME_HEADER_BYTES + length;
      if (this.pending.length < end) return;
      const type = this.pending.readUInt8(0);
      const payload = this.pending.subarray(FRAME_HEADER_BYTES, end);
      this.pending = this.pending.subarray(end);
      this.onFrame(type, payload);
    }
  }
}
