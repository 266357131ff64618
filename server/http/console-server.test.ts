import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { CONSOLE_SUBPROTOCOL, TICKET_PREFIX } from '../api/console';
import { createVmSchema } from '../api/vms';
import { silentLog } from '../log/log';
import { ConsoleUpgrade } from '../streams/console-upgrade';
import { eventually } from '../testing/eventually';
import { openTestConsole, type TestConsole } from '../testing/test-console';
import type { Principal } from '../users/principal';
import { ConsoleServer } from './console-server';
import { SESSION_COOKIE } from './cookies';

const OPTIONS = {
  host: '127.0.0.1',
  development: false,
  origins: ['https://vms.example.org'],
  basePath: '',
  proxies: [{ address: '127.0.0.2', prefix: 32 }],
  log: silentLog,
};

let test: TestConsole;
let server: ConsoleServer;
let consoles: ConsoleUpgrade;
let address: string;
let token: string;
let who: Principal;
let vmId: string;

beforeAll(async () => {
  test = await openTestConsole({
    imageBuilder: { find: async () => undefined, build: ({ signal }) => neverBuilt(signal) },
  });
  const { services } = test;
  const admin = await services.firstRun.redeem({
    token: (await services.firstRun.issueToken()) ?? '',
    name: 'admin',
    password: 'correct horse battery',
  });
  token = await services.sessions.open(admin);
  who = (await services.sessions.find(token)) as Principal;
  vmId = (await services.vms.create(createVmSchema.parse({ name: 'one' }))).id;
  server = new ConsoleServer({ ...OPTIONS, port: 0 });
  address = await server.listen();
});

afterAll(async () => {
  consoles.close('the test is over');
  await server.close();
  await test.close();
});

/** A build that goes on until it is given up. */
function neverBuilt(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

interface Viewer {
  readonly origin?: string;
  readonly cookie?: string;
  readonly ticket?: string;
  readonly vm?: string;
  readonly protocols?: string[];
  /** Sent when the console is there. */
  readonly sends?: Buffer | string;
}

/** What came of an attempt: the text frames and the close code, or the problem's code. */
function view(viewer: Viewer): Promise<{ messages: string[]; code: number } | { problem: string }> {
  const { ticket = '', protocols = [CONSOLE_SUBPROTOCOL, TICKET_PREFIX + ticket] } = viewer;
  return new Promise((resolve, reject) => {
    const url = `${address.replace('http', 'ws')}/api/v1/vms/${viewer.vm ?? vmId}/console`;
    const socket = new WebSocket(url, protocols, {
      headers: { cookie: viewer.cookie ?? `${SESSION_COOKIE}=${token}` },
      origin: viewer.origin ?? address,
    });
    const messages: string[] = [];
    socket.on('message', (data) => messages.push(String(data)));
    socket.once('message', () => viewer.sends !== undefined && socket.send(viewer.sends));
    socket.on('close', (code) => resolve({ messages, code }));
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ problem: JSON.parse(body).code }));
    });
  });
}

const ticket = (vm = vmId) => test.services.tickets.issue({ who, vmId: vm, write: true }).ticket;

function get(path: string, headers: Record<string, string> = {}, localAddress = '127.0.0.1') {
  return new Promise<{ status: number; body: string; headers: Record<string, unknown> }>(
    (resolve, reject) => {
      const { hostname, port } = new URL(address);
      const sent = httpRequest({ hostname, port, path, headers, localAddress }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
        );
      });
      sent.on('error', reject).end();
    },
  );
}

/** Asks for an upgrade. @returns what the console said before it hung up */
function upgrade(path: string): Promise<{ status: number; code: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(address);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    let answer = '';
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    socket.on('end', () => {
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
      const { code } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as { code: string };
      socket.destroy();
      resolve({ status, code });
    });
  });
}

describe('the server', () => {
  it('asks for patience until it is ready', async () => {
    const answer = await get('/');
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body).code).toBe('starting');
  });

  it('sends its security headers, and tells handlers where a request came from', async () => {
    consoles = new ConsoleUpgrade(test.services);
    server.serve({
      request: async (request, response) => {
        if (request.url === '/fault') throw new Error('secret inner workings');
        response.end(String(request.headers['x-virtdeck-peer']));
      },
      upgrade: async (_request, socket) => {
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      },
      consoles,
    });
    const answer = await get('/', { 'x-virtdeck-peer': '6.6.6.6' });
    expect(answer.body).toBe('127.0.0.1');
    const policy = String(answer.headers['content-security-policy']);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toMatch(/script-src 'self' 'nonce-[\w+/=]{24}';/);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    for (const path of ['%E0%A4%A', '..', '%2e%2e/users', './x', '%2E.']) {
      const malformed = await get(`/api/v1/vms/${path}`);
      expect(malformed.status).toBe(400);
      expect(JSON.parse(malformed.body).code).toBe('malformed-path');
    }
    const fault = await get('/fault');
    expect(fault.status).toBe(500);
    expect(fault.body).not.toContain('secret');
  });

  it('believes the proxy that it was told of, and nobody else', async () => {
    const forwarded = { 'x-forwarded-for': '6.6.6.6, 192.0.2.7' };
    expect((await get('/', forwarded)).body).toBe('127.0.0.1');
    expect((await get('/', forwarded, '127.0.0.2')).body).toBe('192.0.2.7');
  });

  it('answers to its own names only, unless a program brings a token', async () => {
    for (const host of ['localhost', '127.0.0.1:1', 'vms.example.org']) {
      expect((await get('/', { host })).status).toBe(200);
    }
    const strange = await get('/', { host: 'evil.example' });
    expect(strange.status).toBe(421);
    expect(JSON.parse(strange.body).code).toBe('unknown-host');
    const token = { host: 'evil.example', authorization: 'Bearer vdk_x' };
    expect((await get('/', token)).status).toBe(200);
  });

  it('answers what is no HTTP by a problem too, with the headers of every answer', async () => {
    const { hostname, port } = new URL(address);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port) });
      let heard = '';
      socket.on('data', (chunk) => (heard += String(chunk)));
      socket.on('end', () => resolve(heard));
      socket.on('error', reject);
      socket.write('nonsense\r\n\r\n');
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('content-security-policy: ');
    expect(answer).toContain('"code":"malformed-request"');
  });

  it('lets go of upgrades that are for no console', async () => {
    for (const path of ['/', '/_next/webpack-hmr', '//x/api/v1/vms/y/console', '*']) {
      const code = path === '*' ? 'malformed-path' : 'no-upgrade';
      expect([path, await upgrade(path)]).toEqual([path, { status: 400, code }]);
    }
  });

  it('says what to do when its port is taken', async () => {
    const port = Number(new URL(address).port);
    const second = new ConsoleServer({ ...OPTIONS, port });
    await expect(second.listen()).rejects.toMatchObject({
      name: 'StartError',
      message: `Port ${port} on 127.0.0.1 is taken by another program.`,
      hint: expect.stringContaining('--port'),
    });
  });
});

describe('a console over WebSocket', () => {
  it('is opened by session and ticket', async () => {
    const seen = await view({ ticket: ticket() });
    if (!('messages' in seen)) expect.fail(seen.problem);
    const [people, ...messages] = seen.messages.map((text) => JSON.parse(text));
    const { you, ...others } = people;
    expect(others).toEqual({
      type: 'people',
      writer: you,
      viewers: [{ id: you, name: 'admin', mayWrite: true }],
    });
    expect(messages).toEqual([
      { type: 'offset', epoch: '', offset: 0 },
      { type: 'ended', state: 'stopped' },
    ]);
    expect(seen.code).toBe(1000);
  });

  it('is typed into by one, who is in the audit log', async () => {
    await view({ ticket: ticket() });
    const grant = { who, vmId, write: false };
    const watching = await view({ ticket: test.services.tickets.issue(grant).ticket });
    if (!('messages' in watching)) expect.fail(watching.problem);
    expect(watching.messages[0]).toContain('"writer":null');
    await eventually(async () => {
      const [newest] = await test.services.audit.list({ action: 'vm.console.write' }, 1);
      expect(newest).toMatchObject({ userName: 'admin', resourceId: vmId, via: 'ticket' });
    });
  });

  it('is refused to everybody else', async () => {
    const once = ticket();
    await view({ ticket: once });
    expect(await view({ ticket: once })).toEqual({ problem: 'bad-ticket' });
    expect(await view({ ticket: 'guess' })).toEqual({ problem: 'bad-ticket' });
    expect(await view({ protocols: [CONSOLE_SUBPROTOCOL] })).toEqual({ problem: 'bad-ticket' });
    expect(await view({ ticket: ticket('another') })).toEqual({ problem: 'bad-ticket' });
    expect(await view({ ticket: ticket(), cookie: '' })).toEqual({ problem: 'sign-in-needed' });
    expect(await view({ ticket: ticket(), origin: 'https://evil.example' })).toEqual({
      problem: 'cross-site',
    });
    expect(await view({ ticket: ticket('gone'), vm: 'gone' })).toEqual({ problem: 'not-found' });
  });

  it('is in the audit log when it is refused, with who asked and why', async () => {
    await view({ ticket: ticket(), origin: 'https://evil.example' });
    await view({ ticket: 'guess' });
    const [guess, strange] = await test.services.audit.list({ action: 'vm.console.read' }, 2);
    const machine = { resourceId: vmId, resourceName: 'one', outcome: 'refused' };
    expect(guess).toMatchObject({ ...machine, userName: 'admin', code: 'bad-ticket' });
    expect(strange).toMatchObject({ ...machine, userName: '', code: 'cross-site' });
  });

  it('needs a ticket of the same session', async () => {
    const user = { id: who.user.id, name: 'admin', role: 'admin' } as const;
    const other = await test.services.sessions.open(user);
    expect(await view({ ticket: ticket(), cookie: `${SESSION_COOKIE}=${other}` })).toEqual({
      problem: 'bad-ticket',
    });
  });

  it('ends with a frame that is too large or none of ours, with the session, and with the server', async () => {
    const { services } = test;
    // Waits for an image that never comes, so that the console stays open.
    await services.vms.start(vmId);
    const other = await services.sessions.open(who.user);
    const another = (await services.sessions.find(other)) as Principal;
    const grant = { who: another, vmId, write: true };
    const leaving = view({
      ticket: services.tickets.issue(grant).ticket,
      cookie: `${SESSION_COOKIE}=${other}`,
    });
    const staying = view({ ticket: ticket() });
    const flooding = view({ ticket: ticket(), sends: Buffer.alloc(256 * 1024 + 1) });
    const talking = view({ ticket: ticket(), sends: '{"type":"nonsense"}' });
    expect(await flooding).toMatchObject({ code: 1009 });
    expect(await talking).toMatchObject({ code: 1008 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await services.sessions.revoke(another.grantId);
    expect(await leaving).toMatchObject({ code: 1008 });
    consoles.close('the console is stopping');
    expect(await staying).toMatchObject({ code: 1001 });
  });
});
