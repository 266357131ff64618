import fc from 'fast-check';

/** Copies of `bytes`, a few of whose bytes, words and quadwords are others. */
export function mutations(bytes: Buffer): fc.Arbitrary<Buffer> {
  const interesting = fc.constantFrom(
    ...[0n, 1n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, 1n << 53n, (1n << 64n) - 1n],
  );
  const value = fc.oneof(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), interesting);
  const change = fc.record({
    at: fc.nat(bytes.length - 1),
    width: fc.constantFrom(1, 2, 4, 8),
    value,
  });
  return fc
    .record({
      changes: fc.array(change, { maxLength: 12 }),
      length: fc.oneof({ weight: 3, arbitrary: fc.constant(bytes.length) }, fc.nat(bytes.length)),
    })
    .map(({ changes, length }) => {
      const copy = Buffer.from(bytes);
      for (const { at, width, value } of changes) {
        for (let i = 0; i < width && at + i < copy.length; i++) {
          copy[at + i] = Number((value >> BigInt(8 * i)) & 0xffn);
        }
      }
      return copy.subarray(0, length);
    });
}
