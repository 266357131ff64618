import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostProgram } from './testing/host-program';
import { PORT, VsockBench } from './testing/vsock-bench';
import { VsockGuest } from './testing/vsock-guest';

const REQUEST = 1;

let bench: VsockBench;
let guest: VsockGuest;
beforeEach(async () => {
  bench = await VsockBench.open();
  guest = bench.guest;
});
afterEach(async () => {
  await bench.close();
});

describe('the file of the socket', () => {
  it('is the owner’s alone, and goes with the device', async () => {
    expect(fs.statSync(bench.path).mode & 0o777).toBe(0o600);
    await guest.device.close();
    expect(fs.existsSync(bench.path)).toBe(false);
  });

  it('takes the place of one that a dead monitor left', async () => {
    await guest.release();
    fs.renameSync(`${bench.path}_${PORT}`, bench.path);
    await bench.service.close();
    // Another name, and so nobody's: the socket was bound to the old one.
    expect(fs.statSync(bench.path).isSocket()).toBe(true);
    guest = new VsockGuest({ path: bench.path }).start();
    bench.guest = guest;
    const program = HostProgram.connect(bench.path);
    program.socket.write('CONNECT 1\n');
    expect((await guest.next()).op).toBe(REQUEST);
    program.socket.destroy();
  });

  it.each<[string, () => string]>([
    ['a file of another kind', () => path.join(bench.directory, 'file')],
    ['a socket at which somebody listens', () => `${bench.path}_${PORT}`],
    ['a folder that is missing', () => path.join(bench.directory, 'missing', 'v')],
  ])('is not made over %s', (_what, place) => {
    fs.writeFileSync(path.join(bench.directory, 'file'), 'precious');
    expect(() => new VsockGuest({ path: place() })).toThrow('cannot listen');
    expect(fs.readFileSync(path.join(bench.directory, 'file'), 'utf8')).toBe('precious');
    expect(fs.existsSync(`${bench.path}_${PORT}`)).toBe(true);
  });
});
