import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestConsole } from '../support/console';

const ANSWER_MS = 5000;
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** What no client library sends, on a running console: it is refused, and nobody else notices. */
describe('a console that is sent what is hardly HTTP', () => {
  let console: TestConsole;
  let host: string;

  beforeAll(async () => {
    console = await TestConsole.start();
    host = new URL(console.address).host;
  });
  afterAll(() => console?.remove());

  /** @returns the status of the first answer; 0 when the connection was closed without one */
  function send(text: string | Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(console.address);
      const socket = connect({ host: hostname, port: Number(port) });
      const timer = setTimeout(() => {
        socket.destroy();
        reject(new Error(`no answer to ${JSON.stringify(text.toString('latin1').slice(0, 200))}`));
      }, ANSWER_MS);
      const done = (status: number): void => {
        clearTimeout(timer);
        socket.destroy();
        resolve(status);
      };
      socket.on('data', (chunk) => done(Number(/^HTTP\/1\.1 (\d+)/.exec(String(chunk))?.[1])));
      socket.on('close', () => done(0));
      socket.on('error', () => done(0));
      socket.write(text);
    });
  }
  const get = (target: string, ...headers: string[]) =>
    send([`GET ${target} HTTP/1.1`, `Host: ${host}`, ...headers, '', ''].join('\r\n'));
  const post = (headers: readonly string[], body: string) =>
    send(
      [
        'POST /api/v1/session HTTP/1.1',
        `Host: ${host}`,
        'Content-Type: application/json',
        ...headers,
        '',
        body,
      ].join('\r\n'),
    );
  const upgrade = (target: string, ...headers: string[]) =>
    get(
      target,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      ...headers,
    );

  it('refuses targets that are no paths', async () => {
    for (const target of ['*', 'http://evil.example/api/v1/vms', 'http://[/', '/%', '/a/../b']) {
      expect([target, await get(target)]).toEqual([target, 400]);
    }
    // Next leads to the path without what is too much: on this console, not elsewhere.
    expect(await get('//evil.example/')).toBe(308);
  });

  it('refuses methods that it does not know', async () => {
    for (const method of ['TRACE', 'PROPFIND', 'PURGE']) {
      const request = `${method} /api/v1/vms HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
      expect([method, await send(request)]).toEqual([method, 405]);
    }
    expect(await send('CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n')).toBe(0);
    expect(await send('OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n')).toBe(400);
  });

  it('refuses upgrades that are for no console, or are none', async () => {
    const key = `Sec-WebSocket-Key: ${KEY}`;
    for (const target of ['/', '/_next/webpack-hmr', '//x/api/v1/vms/y/console', '*']) {
      expect([target, await upgrade(target, key)]).toEqual([target, 400]);
    }
    for (const target of ['/api/v1/vms/%ZZ/console', '/api/v1/vms/../console']) {
      expect([target, await upgrade(target, key)]).toEqual([target, 400]);
    }
    for (const headers of [[], ['Sec-WebSocket-Key: x'], [key]]) {
      const status = await upgrade('/api/v1/vms/nobody/console?offset=1e99', ...headers);
      expect([400, 401, 403]).toContain(status);
    }
  });

  it('refuses bodies whose end nobody can tell', async () => {
    expect(await post(['Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\n')).toBe(400);
    expect(await post(['Content-Length: 5', 'Content-Length: 6'], '12345')).toBe(400);
    expect(await post(['Transfer-Encoding: chunked'], 'ZZ\r\n')).toBe(400);
    expect(await post(['Transfer-Encoding: chunked'], `20000\r\n${'x'.repeat(0x20000)}\r\n`)).toBe(
      413,
    );
  });

  it('refuses headers without measure', async () => {
    expect(await get('/api/v1/session', `X: ${'a'.repeat(20_000)}`)).toBe(431);
    expect(await get(`/${'a'.repeat(20_000)}`)).toBe(431);
    expect(await send('GET /api/v1/session HTTP/1.1\r\n\r\n')).toBe(400);
    expect(await send(Buffer.from([0x16, 3, 1, 0, 0x80, 1, 0, 0, 0]))).toBe(400);
  });

  it('does not mind who hangs up in the middle', async () => {
    const { hostname, port } = new URL(console.address);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.write(
      `POST /api/v1/session HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n` +
        'Content-Length: 50\r\n\r\n{"name"',
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 200));
  });

  it('answers everybody else, and took none of it for a fault of its own', async () => {
    expect((await console.request('GET', '/session')).status).toBe(200);
    expect(console.log).not.toMatch(/ error |TypeError|Error handling/);
  });
});
