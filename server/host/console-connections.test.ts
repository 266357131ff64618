import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { encodeFrame, encodeNotice, FRAME_BYTES } from '../../vmm-core/monitor/console-frames';
import { eventually } from '../testing/eventually';
import type { ConsoleConnection, ConsoleSink } from './agent';
import { KeptConsole, LiveConsole } from './console-connections';

function record(connection: ConsoleConnection, options: { pauseAt?: string } = {}): unknown[] {
  const seen: unknown[] = [];
  const sink: ConsoleSink = {
    offset: (offset) => seen.push({ offset }),
    bytes: (chunk) => {
      const text = Buffer.from(chunk).toString();
      seen.push(text);
      if (text === options.pauseAt) connection.pause();
    },
    skipped: (bytes, offset) => seen.push({ bytes, offset }),
    drained: () => seen.push('drained'),
    ended: () => seen.push('ended'),
  };
  connection.listen(sink);
  return seen;
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 10));

describe('a kept console', () => {
  const contents = {
    written: 30,
    head: Buffer.from('beginning!'),
    tailOffset: 20,
    tail: Buffer.from('the ending'),
  };

  it('gives beginning, gap and tail', async () => {
    const seen = record(new KeptConsole('e', contents, 0));
    await settled();
    const gap = { bytes: 10, offset: 20 };
    expect(seen).toEqual([{ offset: 0 }, 'beginning!', gap, 'the ending', 'ended']);
  });

  it('goes on where the reader was, also in the gap and at the end', async () => {
    const inHead = record(new KeptConsole('e', contents, 6));
    const inGap = record(new KeptConsole('e', contents, 12));
    const inTail = record(new KeptConsole('e', contents, 24));
    const beyond = record(new KeptConsole('e', contents, 99));
    await settled();
    expect(inHead.slice(0, 2)).toEqual([{ offset: 6 }, 'ing!']);
    expect(inGap).toEqual([{ offset: 12 }, { bytes: 8, offset: 20 }, 'the ending', 'ended']);
    expect(inTail).toEqual([{ offset: 24 }, 'ending', 'ended']);
    expect(beyond).toEqual([{ offset: 30 }, 'ended']);
  });

  it('waits for a reader that pauses', async () => {
    const kept = new KeptConsole('e', contents, 0);
    const seen = record(kept, { pauseAt: 'beginning!' });
    await settled();
    expect(seen).toEqual([{ offset: 0 }, 'beginning!']);
    kept.resume();
    await settled();
    expect(seen.at(-1)).toBe('ended');
  });
});

describe('a live console', () => {
  function live(head = Buffer.alloc(0)) {
    const written: Buffer[] = [];
    const socket = new Duplex({
      read: () => {},
      write: (chunk, _encoding, done) => {
        written.push(chunk);
        done();
      },
    });
    const connection = new LiveConsole('e', socket as Socket, head);
    return { socket, written, connection };
  }

  it('cuts frames wherever the stream was cut, what came with the upgrade included', async () => {
    const stream = Buffer.concat([
      encodeNotice({ type: 'offset', offset: 5 }),
      encodeFrame(FRAME_BYTES, Buffer.from('héllo')),
      encodeNotice({ type: 'skipped', bytes: 3, offset: 14 }),
    ]);
    const { socket, connection } = live(stream.subarray(0, 9));
    const seen = record(connection);
    for (const byte of stream.subarray(9)) socket.push(Buffer.from([byte]));
    await eventually(() =>
      expect(seen).toEqual([{ offset: 5 }, 'héllo', { bytes: 3, offset: 14 }]),
    );
    socket.destroy();
    await eventually(() => expect(seen.at(-1)).toBe('ended'));
  });

  it('is cut off when the monitor breaks the framing', async () => {
    const { socket, connection } = live();
    const seen = record(connection);
    socket.push(Buffer.from([0, 255, 255, 255, 255]));
    await eventually(() => expect(seen).toEqual(['ended']));
    expect(socket.destroyed).toBe(true);
    expect(connection.write(Buffer.from('late'))).toBe(true);
  });

  it('frames what is typed', () => {
    const { written, connection } = live();
    connection.write(Buffer.from('ls'));
    expect(written).toEqual([encodeFrame(FRAME_BYTES, Buffer.from('ls'))]);
  });
});
