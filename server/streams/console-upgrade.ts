import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { CONSOLE_SUBPROTOCOL, type ConsoleServerMessage, TICKET_PREFIX } from '../api/console';
import { explainDatabase } from '../database/database-problems';
import { AuditTrail } from '../http/audit-trail';
import { PEER_HEADER } from '../http/headers';
import { hasToken, identify } from '../http/identify';
import { crossSite, isSameOrigin } from '../http/same-origin';
import { messageOf } from '../log/log';
import { ProblemError } from '../problems/problem-error';
import { notFound } from '../problems/problems';
import type { Services } from '../registry';
import { authorise, may } from '../users/authorise';
import { ConsoleBridge } from './console-bridge';
import { ConsoleControl } from './console-control';
import type { TicketGrant } from './console-tickets';

const PATH = /^\/api\/v1\/vms\/([^/]+)\/console$/;
/** What a viewer types or pastes comes in frames; a larger one is no keyboard's. */
const MAX_INPUT_FRAME_BYTES = 256 * 1024;
const MAX_CLIENT_CHARACTERS = 64;
/** Proxies close a silent connection after a minute or so; a viewer that is gone does not answer. */
const HEARTBEAT_MS = 20_000;
/** RFC 6455, 7.4.1. */
const GOING_AWAY = 1001;
const POLICY = 1008;

type Parts = Pick<
  Services,
  'vms' | 'agent' | 'sessions' | 'tokens' | 'revocations' | 'tickets' | 'audit' | 'origins' | 'log'
>;

interface Admission {
  readonly grant: TicketGrant;
  /** Where the viewer is. */
  readonly address: string;
  readonly offset: number;
  readonly epoch: string | undefined;
  readonly client: string | undefined;
}

/** Opens console WebSockets. An upgrade passes no route, so session, ticket and Origin are checked here. */
export class ConsoleUpgrade {
  private readonly server = new WebSocketServer({
    noServer: true,
    // Console bytes are small and many; compressing each costs more than it saves.
    perMessageDeflate: false,
    maxPayload: MAX_INPUT_FRAME_BYTES,
    handleProtocols: () => CONSOLE_SUBPROTOCOL,
  });
  private readonly heartbeat: NodeJS.Timeout;
  private readonly control = new ConsoleControl();
  private readonly answered = new WeakSet<WebSocket>();

  constructor(private readonly parts: Parts) {
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  /** @returns whether the request is for a console; if not, somebody else has to answer it */
  handles(request: IncomingMessage): boolean {
    return PATH.test(pathOf(request));
  }

  /** @throws ProblemError when the viewer is not let in */
  async handle(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const trail = this.trailOf(request);
    const admission = await this.admit(request, trail).catch(async (thrown: unknown) => {
      const error = explainDatabase(thrown);
      const entry = await trail.entry(error);
      if (entry?.outcome === 'refused') await this.parts.audit.record(entry);
      throw error;
    });
    this.server.handleUpgrade(request, socket, head, (viewer) => {
      this.serve(viewer, admission).catch((error: unknown) => {
        this.parts.log.error('a console failed', { cause: messageOf(error) });
        viewer.terminate();
      });
    });
  }

  /** Tells every viewer why it ends. */
  close(word: string): void {
    clearInterval(this.heartbeat);
    for (const viewer of this.server.clients) viewer.close(GOING_AWAY, word);
    this.server.close();
  }

  /** For those who are not let in; who is let in is written down when they type. */
  private trailOf(request: IncomingMessage): AuditTrail {
    const id = idIn(request);
    const trail = new AuditTrail({
      method: 'GET',
      path: pathOf(request),
      address: one(request.headers[PEER_HEADER]) ?? 'unknown',
      nameOf: async () => this.parts.vms.find(id)?.name ?? '',
    });
    trail.does('vm.console.read', { kind: 'vm', id });
    return trail;
  }

  private async admit(request: IncomingMessage, trail: AuditTrail): Promise<Admission> {
    const { headers } = request;
    const credentials = {
      authorization: headers.authorization ?? null,
      cookie: headers.cookie ?? null,
    };
    const client = {
      address: one(headers[PEER_HEADER]) ?? 'unknown',
      userAgent: headers['user-agent'] ?? '',
    };
    const sameOrigin = isSameOrigin({
      method: 'GET',
      host: headers.host ?? null,
      origin: headers.origin ?? null,
      secFetchSite: one(headers['sec-fetch-site']),
      allowed: this.parts.origins,
    });
    if (!hasToken(credentials) && !sameOrigin) throw crossSite();
    const who = await identify(this.parts, credentials, client);
    trail.principal = who;
    const id = idIn(request);
    const vm = { kind: 'vm', id } as const;
    const now = authorise(who, 'vm.console.read', vm);
    const protocols = (headers['sec-websocket-protocol'] ?? '').split(',').map((p) => p.trim());
    const ticket = protocols.find((protocol) => protocol.startsWith(TICKET_PREFIX));
    const grant = this.parts.tickets.redeem(ticket?.slice(TICKET_PREFIX.length) ?? '');
    const fits = grant?.who.grantId === now.grantId && grant.vmId === id;
    if (grant === undefined || !fits || !protocols.includes(CONSOLE_SUBPROTOCOL)) throw badTicket();
    if (this.parts.vms.find(id) === undefined) throw notFound('such machine');
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
    const offset = Number(query.get('offset') ?? 0);
    return {
      // As of now: the role may be another one than when the ticket was given.
      grant: { ...grant, who: now, write: grant.write && may(now, 'vm.console.write', vm) },
      address: client.address,
      offset: Number.isSafeInteger(offset) && offset >= 0 ? offset : 0,
      epoch: query.get('epoch') ?? undefined,
      client: query.get('client')?.slice(0, MAX_CLIENT_CHARACTERS) ?? undefined,
    };
  }

  /** Who types, and from when on; the keys themselves are nobody's business. */
  private recordTyping({ grant, address }: Admission): Promise<void> {
    const { who, vmId } = grant;
    return this.parts.audit.record({
      at: new Date(),
      userId: who.user.id,
      userName: who.user.name,
      via: 'ticket',
      address,
      action: 'vm.console.write',
      operation: '',
      resourceKind: 'vm',
      resourceId: vmId,
      resourceName: this.parts.vms.find(vmId)?.name ?? '',
      outcome: 'ok',
      code: null,
    });
  }

  private async serve(viewer: WebSocket, admission: Admission): Promise<void> {
    const { vms, agent, log } = this.parts;
    const { grant, offset, epoch, client } = admission;
    const { vmId, who, write } = grant;
    const send = (message: ConsoleServerMessage): void => viewer.send(JSON.stringify(message));
    const seat = this.control.join(
      vmId,
      {
        ...{ name: who.user.name, userId: who.user.id, client, mayWrite: write },
        tell: (people) => send({ type: 'people', ...people }),
      },
      () => {
        this.recordTyping(admission).catch((error: unknown) => {
          log.error('who types could not be recorded', { cause: messageOf(error) });
        });
      },
    );
    const bridge = new ConsoleBridge(
      {
        sendBytes: (bytes) => viewer.send(bytes, { binary: true }),
        sendMessage: send,
        pauseInput: () => viewer.pause(),
        resumeInput: () => viewer.resume(),
        close: (code, reason) => viewer.close(code, reason),
      },
      {
        open: (from) => agent.openConsole(vmId, from),
        state: () => vms.find(vmId)?.state,
        changed: (signal) => nextChange(this.parts.vms, vmId, signal),
      },
      { offset, epoch, control: seat, log },
    );
    const stopWatch = this.parts.revocations.watch(who, () => viewer.close(POLICY, 'signed out'));
    this.answered.add(viewer);
    viewer.on('pong', () => this.answered.add(viewer));
    // `close` follows every error.
    viewer.on('error', () => {});
    viewer.on('close', () => {
      stopWatch();
      seat.leave();
      bridge.stop();
    });
    viewer.on('message', (data, isBinary) => {
      const bytes = Buffer.isBuffer(data) ? data : Buffer.concat([data].flat().map(asBuffer));
      if (isBinary) bridge.input(bytes);
      else bridge.message(bytes.toString('utf8'));
    });
    await bridge.run();
  }

  private beat(): void {
    for (const viewer of this.server.clients) {
      if (!this.answered.delete(viewer)) viewer.terminate();
      else viewer.ping();
    }
  }
}

function nextChange(vms: Parts['vms'], vmId: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = vms.onChange((id) => {
      if (id === vmId) done();
    });
    const done = () => {
      stop();
      signal.removeEventListener('abort', done);
      resolve();
    };
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

function badTicket(): ProblemError {
  return new ProblemError({
    status: 403,
    code: 'bad-ticket',
    title: 'The ticket is not valid',
    detail: 'The ticket is unknown, used, too old, or for something else.',
    hint: 'Ask for a new one with POST …/console-tickets.',
  });
}

function idIn(request: IncomingMessage): string {
  return PATH.exec(pathOf(request))?.[1] ?? '';
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

function one(header: string | string[] | undefined): string | null {
  return (Array.isArray(header) ? header[0] : header) ?? null;
}

function asBuffer(part: Buffer | ArrayBuffer): Buffer {
  return Buffer.isBuffer(part) ? part : Buffer.from(part);
}
