import koffi from 'koffi';

/**
 * Zeroed memory with an address: what an ioctl reads and writes. The bytes of an ArrayBuffer lie
 * outside the JavaScript heap and never move; they live as long as this object is held.
 */
export class NativeBuffer {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly u64: BigUint64Array;

  constructor(readonly length: number) {
    // Whole 64-bit words, so that `u64` covers every byte.
    const buffer = new ArrayBuffer(Math.ceil(length / 8) * 8);
    this.address = Number(koffi.address(buffer));
    this.bytes = new Uint8Array(buffer, 0, length);
    this.view = new DataView(buffer, 0, length);
    this.u64 = new BigUint64Array(buffer);
  }
}
