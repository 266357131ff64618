import { lookup as lookupName } from 'node:dns/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { isProblemError } from '../../problems/problem-error';
import { type ImportPolicy, mayConnect } from './address-policy';
import {
  addressRefused,
  badStatus,
  cannotConnect,
  encodedAnswer,
  tooManyRedirects,
  tooSlow,
  urlRefused,
} from './fetch-problems';

export const MAX_REDIRECTS = 5;
/** Without a byte: to connect, to be answered, and between two parts of the answer. */
const IDLE_MS = 60_000;
const REDIRECTS: ReadonlySet<number | undefined> = new Set([301, 302, 303, 307, 308]);
const USER_AGENT = 'virtdeck';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export interface OpenUrlOptions {
  readonly policy: ImportPolicy;
  readonly signal: AbortSignal;
  readonly onRedirect?: (to: URL) => void;
  readonly idleMs?: number;
  /** Looks a name up; for tests. */
  readonly resolve?: (host: string) => Promise<readonly ResolvedAddress[]>;
}

export interface OpenedUrl {
  readonly response: IncomingMessage;
  readonly host: string;
}

/**
 * Asks for what is at an address, following redirects. Each name is looked up once, and nothing is
 * connected to but the addresses that were looked at then: a name that points elsewhere a moment
 * later leads nowhere.
 * @throws ProblemError, the signal's reason
 */
export async function openUrl(address: string, options: OpenUrlOptions): Promise<OpenedUrl> {
  let url = checkUrl(address);
  for (let redirects = 0; ; redirects += 1) {
    const response = await requestOnce(url, options);
    const { statusCode, headers } = response;
    const encoding = headers['content-encoding'] ?? 'identity';
    if (statusCode === 200 && encoding === 'identity') return { response, host: url.hostname };
    // What a server says besides is not read.
    response.destroy();
    if (statusCode === 200) throw encodedAnswer();
    if (!REDIRECTS.has(statusCode) || headers.location === undefined) {
      throw badStatus(url.hostname, statusCode ?? 0);
    }
    if (redirects === MAX_REDIRECTS) throw tooManyRedirects(MAX_REDIRECTS);
    url = checkUrl(headers.location, url);
    options.onRedirect?.(url);
  }
}

/** @throws ProblemError 422 */
export function checkUrl(address: string, base?: URL): URL {
  if (!URL.canParse(address, base)) {
    throw urlRefused('That is no address.', 'Give one that begins with http:// or https://.');
  }
  const url = new URL(address, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw urlRefused(
      `Nothing is fetched by "${url.protocol.slice(0, -1)}".`,
      'Give an address that begins with http:// or https://.',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw urlRefused(
      'The address holds a user or a password.',
      'Give an address without them, or download the file and upload it.',
    );
  }
  url.hash = '';
  return url;
}

async function requestOnce(url: URL, options: OpenUrlOptions): Promise<IncomingMessage> {
  const { signal, policy, idleMs = IDLE_MS } = options;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = await allowedAddresses(host, options);
  signal.throwIfAborted();
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
    // No agent: a kept connection would not be looked at again.
    agent: false,
    lookup: onlyTo(addresses),
    signal,
    timeout: idleMs,
    headers: { 'user-agent': USER_AGENT, accept: '*/*', 'accept-encoding': 'identity' },
  });
  return await new Promise<IncomingMessage>((resolve, reject) => {
    const fail = (error: Error): void => {
      request.destroy();
      reject(
        signal.aborted ? signal.reason : isProblemError(error) ? error : cannotConnect(host, error),
      );
    };
    request.on('error', fail);
    request.on('timeout', () => fail(tooSlow(host)));
    request.on('socket', (socket) => checkPeer(socket, policy, () => fail(addressRefused(host))));
    request.on('response', (response) => {
      request.removeAllListeners('timeout');
      request.on('timeout', () => response.destroy(tooSlow(host)));
      resolve(response);
    });
    request.end();
  });
}

/** What the name leads to and may be connected to; nothing else is tried. */
async function allowedAddresses(
  host: string,
  { policy, resolve = resolveName, signal }: OpenUrlOptions,
): Promise<readonly ResolvedAddress[]> {
  const family = isIP(host);
  let found: readonly ResolvedAddress[];
  try {
    found = family === 0 ? await resolve(host) : [{ address: host, family }];
  } catch (error) {
    signal.throwIfAborted();
    throw cannotConnect(host, error);
  }
  const allowed = found.filter(({ address }) => mayConnect(address, policy));
  if (allowed.length === 0) throw addressRefused(host);
  return allowed;
}

function resolveName(host: string): Promise<readonly ResolvedAddress[]> {
  return lookupName(host, { all: true });
}

/** What Node asks when it connects: it is given what we have looked at. */
function onlyTo(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_host, { all }, callback) => {
    const [first] = addresses;
    if (all === true) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
}

/** Once more, at the connection itself: whatever led there. */
function checkPeer(socket: Socket, policy: ImportPolicy, refuse: () => void): void {
  const check = (): void => {
    if (!mayConnect(socket.remoteAddress ?? '', policy)) refuse();
  };
  if (socket.connecting) socket.once('connect', check);
  else check();
}
