import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithKvm } from '../support/kvm';
import { Linux } from '../support/linux';

const MiB = 2 ** 20;
const PORT = 7000;
const SLOW_MS = 60_000;

describeWithKvm('sockets between a guest and its host', () => {
  let directory: string;
  let socket: string;
  let linux: Linux;
  beforeAll(async () => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'vd-vsock-'));
    socket = path.join(directory, 'vsock');
    linux = await Linux.start({ config: { vsock: { id: 'vsock0', cid: 3, path: socket } } });
    await linux.untilPrompt();
  });
  afterAll(() => {
    linux.remove();
    fs.rmSync(directory, { recursive: true, force: true });
  });

  it('carry what the guest sends to a socket of the host, whole', async () => {
    let crc = 0;
    let length = 0;
    const server = net.createServer((connection) => {
      connection.on('data', (chunk) => {
        crc = crc32(chunk, crc);
        length += chunk.length;
      });
    });
    await new Promise<void>((resolve) => server.listen(`${socket}_${PORT}`, resolve));
    const said = await linux.run(`/tests/vsock-echo put ${PORT} ${4 * MiB}`, SLOW_MS);
    await expect.poll(() => length, { timeout: 10_000 }).toBe(4 * MiB);
    expect(said).toBe(`${4 * MiB} ${crc.toString(16)}`);
    server.close();
  });

  it('refuse a port nobody listens at', async () => {
    expect(await linux.run('/tests/vsock-echo get 7999')).toBe('failed');
  });

  it('bring the host to a program of the guest, and its answer back', async () => {
    await linux.client.sendInput(`/tests/vsock-echo serve ${PORT}\n`);
    await expect.poll(() => linux.console(), { timeout: SLOW_MS }).toContain('listening\r\n');
    const connection = net.connect(socket);
    let answer = '';
    connection.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    connection.write(`CONNECT ${PORT}\n`);
    await expect.poll(() => answer, { timeout: SLOW_MS }).toMatch(/^OK \d+\n$/);
    connection.write('hello, guest');
    await expect.poll(() => answer, { timeout: SLOW_MS }).toMatch(/\nhello, guest$/);
    connection.destroy();
  });
});
