import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ProxyRange } from '../config/proxy-range';
import { StartError } from '../config/start-error';
import { type Log, messageOf } from '../log/log';
import { isProblemError, ProblemError } from '../problems/problem-error';
import { toProblem } from '../problems/problems';
import type { ConsoleUpgrade } from '../streams/console-upgrade';
import { BasePath } from './base-path';
import { allowedAt, checkRequest } from './check-request';
import { TrustedProxies } from './client-address';
import { NONCE_HEADER, PEER_HEADER, POLICY_HEADER } from './headers';
import { hasToken } from './identify';
import { KnownHosts } from './known-hosts';
import { securityHeaders } from './security-headers';

/** 128 bits, that nobody can guess. */
const NONCE_BYTES = 16;
/** Who does not hang up after a refusal is hung up on. */
const HANG_UP_MS = 1000;
/** Answers that were begun are given this long at the end. */
const FINISH_MS = 3000;

/** What Node's parser may find beside plain nonsense. */
const MALFORMED: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers of the request are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not come whole in time.'],
};

/** What answers once everything is there. */
export interface Handlers {
  readonly request: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** In development only: of upgrades that are for no console. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;
  readonly consoles: ConsoleUpgrade;
}

export interface ConsoleServerOptions {
  readonly host: string;
  readonly port: number;
  readonly development: boolean;
  readonly origins: readonly string[];
  readonly proxies: readonly ProxyRange[];
  readonly basePath: string;
  readonly log: Log;
}

/** The one port: pages, API and WebSockets. It listens first, so that a taken port is told at once. */
export class ConsoleServer {
  private readonly http: Server;
  private handlers: Handlers | undefined;
  private readonly proxies: TrustedProxies;
  private readonly hosts: KnownHosts;
  private readonly base: BasePath;

  constructor(private readonly options: ConsoleServerOptions) {
    this.proxies = new TrustedProxies(options.proxies);
    this.hosts = new KnownHosts(options);
    this.base = new BasePath(options.basePath);
    this.http = createServer((request, response) => void this.onRequest(request, response));
    this.http.on('upgrade', (request, socket, head) => void this.onUpgrade(request, socket, head));
    this.http.on('clientError', (error, socket) => refuseMalformed(error, socket));
  }

  /**
   * @returns the address people open
   * @throws StartError when the port cannot be had
   */
  async listen(): Promise<string> {
    const { host, port } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.http.once('error', (error) => reject(cannotListen(error, host, port)));
      this.http.listen(port, host, resolve);
    });
    const address = this.http.address() as AddressInfo;
    const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `http://${name}:${address.port}${this.base.path}`;
  }

  /** From now on requests are answered. */
  serve(handlers: Handlers): void {
    this.handlers = handlers;
  }

  /** Stops listening and waits for answers that were begun; streams must have been closed. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.http.close(() => resolve());
    });
    const timer = setTimeout(() => this.http.closeAllConnections(), FINISH_MS);
    await closed;
    clearTimeout(timer);
  }

  /** @throws ProblemError for what is not to be answered at all */
  private receive(request: IncomingMessage): void {
    const { headers } = request;
    headers[PEER_HEADER] = this.proxies.addressOf(request);
    this.base.takeFrom(request);
    checkRequest(request);
    const { authorization = null, cookie = null } = headers;
    // A program that brings a token asks by whatever name it knows; no stranger's page has one.
    if (!hasToken({ authorization, cookie })) this.hosts.check(headers.host);
  }

  private async onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const nonce = newNonce();
    const headers = securityHeaders(nonce, this.options.development);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    request.headers[NONCE_HEADER] = nonce;
    request.headers[POLICY_HEADER] = headers[POLICY_HEADER];
    try {
      if (this.handlers === undefined) throw notReady();
      this.receive(request);
      const allow = allowedAt(request);
      this.base.giveTo(request);
      if (allow === undefined) await this.handlers.request(request, response);
      else response.writeHead(204, { allow }).end();
    } catch (error) {
      if (!isProblemError(error)) {
        this.options.log.error('a request failed', { cause: messageOf(error) });
      }
      if (response.headersSent) response.destroy();
      else sendProblem(response, error);
    }
  }

  private async onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // Without a listener a client that resets the connection would end the process.
    socket.on('error', () => {});
    try {
      if (this.handlers === undefined) throw notReady();
      this.receive(request);
      const { consoles, upgrade } = this.handlers;
      if (consoles.handles(request)) await consoles.handle(request, socket, head);
      // Pages in development are told of changes; in production they would hold the socket for ever.
      else if (!this.options.development) throw noUpgrade();
      else {
        this.base.giveTo(request);
        await upgrade(request, socket, head);
      }
    } catch (error) {
      if (!isProblemError(error)) {
        this.options.log.error('an upgrade failed', { cause: messageOf(error) });
      }
      refuseUpgrade(socket, error);
    }
  }
}

/** What cannot be read as HTTP, or does not come. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else refuseUpgrade(socket, malformed(error.code));
}

function sendProblem(response: ServerResponse, error: unknown): void {
  const problem = toProblem(error);
  response.writeHead(problem.status, {
    ...(isProblemError(error) ? error.headers : {}),
    'content-type': 'application/problem+json',
  });
  response.end(JSON.stringify(problem));
}

function refuseUpgrade(socket: Duplex, error: unknown): void {
  const problem = toProblem(error);
  const body = JSON.stringify(problem);
  const headers = {
    ...securityHeaders(newNonce(), false),
    ...(isProblemError(error) ? error.headers : {}),
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${problem.title}\r\n${lines.join('')}\r\n${body}`);
  setTimeout(() => socket.destroy(), HANG_UP_MS).unref();
}

function newNonce(): string {
  return randomBytes(NONCE_BYTES).toString('base64');
}

/** @param code of Node's parser */
function malformed(code: string | undefined): ProblemError {
  const [status, detail] = MALFORMED[code ?? ''] ?? [400, 'The request cannot be read as HTTP.'];
  return new ProblemError({
    status,
    code: 'malformed-request',
    title: 'Malformed request',
    detail,
    hint: 'Ask with an HTTP client, and over http:// unless a proxy speaks TLS for the console.',
  });
}

function noUpgrade(): ProblemError {
  return new ProblemError({
    status: 400,
    code: 'no-upgrade',
    title: 'No upgrade here',
    detail: 'Only consoles of machines are opened by an upgrade.',
    hint: 'Leave the Upgrade header out.',
  });
}

function notReady(): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'starting',
    title: 'The console is starting',
    detail: 'The console is not ready yet.',
    hint: 'Try again in a moment.',
    headers: { 'retry-after': '1' },
  });
}

function cannotListen(error: Error, host: string, port: number): Error {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new StartError(
      `Port ${port} on ${host} is taken by another program.`,
      'Stop that program, or choose another port with --port.',
    );
  }
  if (code === 'EACCES') {
    return new StartError(
      `This user may not listen on port ${port}.`,
      'Choose a port above 1023 with --port.',
    );
  }
  if (code === 'EADDRNOTAVAIL') {
    return new StartError(
      `This host has no address ${host}.`,
      'Give one of its addresses with --host, or leave --host out.',
    );
  }
  return error;
}
