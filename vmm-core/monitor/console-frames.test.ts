import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameDecoder, MAX_FRAME_BYTES } from './console-frames';

describe('console frames', () => {
  it('come out as they went in, however the stream is cut', () => {
    const frame = fc.record({ type: fc.nat(2), payload: fc.uint8Array({ maxLength: 40 }) });
    fc.assert(
      fc.property(fc.array(frame), fc.integer({ min: 1, max: 17 }), (frames, cut) => {
        const stream = Buffer.concat(frames.map(({ type, payload }) => encodeFrame(type, payload)));
        const out: { type: number; payload: Uint8Array }[] = [];
        const decoder = new FrameDecoder((type, payload) =>
          out.push({ type, payload: Uint8Array.from(payload) }),
        );
        for (let at = 0; at < stream.length; at += cut) decoder.push(stream.subarray(at, at + cut));
        expect(out).toEqual(frames);
      }),
    );
  });

  it('refuse a length that no honest peer sends', () => {
    const header = encodeFrame(0, new Uint8Array(0));
    header.writeUInt32LE(MAX_FRAME_BYTES + 1, 1);
    expect(() => new FrameDecoder(() => undefined).push(header)).toThrow(RangeError);
  });
});
