import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import {
  CONSOLE_SUBPROTOCOL,
  type ConsolePeople,
  consoleServerMessageSchema,
  TICKET_PREFIX,
} from '../../api/console';
import type { Vm } from '../../api/vms';
import type { Context } from '../command';
import { CliError } from '../errors';
import { printable } from '../table';
import { Keyboard } from './keyboard';

export interface AttachOptions {
  /** Takes control from whoever has it. */
  readonly take: boolean;
  readonly readOnly: boolean;
  readonly timeoutMs?: number;
}

const ACK_BYTES = 64 * 1024;
const RETRY_MS = 500;
/** A console that was restarted is back by then. */
const RETRIES = 60;
/** What a program that pipes keys in may still want to read, when nothing more comes. */
const LINGER_MS = 1000;

/**
 * Ties this terminal, or what is piped in and out, to a console, until the machine ends, Ctrl-] is
 * typed, or the time is over. Comes back by itself when the console is restarted.
 * @returns the exit code
 */
export async function attachConsole(
  context: Context,
  vm: Vm,
  options: AttachOptions,
): Promise<number> {
  const { output, signal } = context;
  const session = new Session(context, vm, options);
  const keyboard = new Keyboard(process.stdin, {
    keys: (bytes) => session.type(bytes),
    leave: () => session.leave(),
    // Whoever pipes keys in wants to see what they brought about.
    ended: () => void sleep(options.timeoutMs ?? LINGER_MS).then(() => session.leave()),
  });
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => session.leave(), options.timeoutMs);
  const onAbort = () => session.leave();
  signal.addEventListener('abort', onAbort);
  if (keyboard.isTerminal) output.note(`Attached to ${printable(vm.name)}. Ctrl-] leaves.\r`);
  keyboard.open(options.readOnly);
  try {
    return await session.run();
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    keyboard.close();
    if (keyboard.isTerminal) output.note('\r\nDetached.');
  }
}

class Session {
  private readonly client = randomUUID();
  private socket: WebSocket | undefined;
  private epoch: string | undefined;
  private offset = 0;
  private acknowledged = 0;
  private isOver = false;
  private isLive = false;
  private toldOf: string | undefined;
  private readonly waiting: Buffer[] = [];

  constructor(
    private readonly context: Context,
    private readonly vm: Vm,
    private readonly options: AttachOptions,
  ) {}

  type(bytes: Buffer): void {
    if (this.options.readOnly) return;
    // Before the console says where it is, keys have nowhere to go.
    if (this.isLive) this.socket?.send(bytes);
    else this.waiting.push(bytes);
  }

  leave(): void {
    this.isOver = true;
    // Whoever watches need not wait for us to come back.
    if (this.isLive) this.tell({ type: 'control', take: false });
    this.socket?.close();
  }

  async run(): Promise<number> {
    let failures = 0;
    for (;;) {
      const end = await this.connect().catch((error: unknown) => {
        // What the API says is not said otherwise a second later.
        if (error instanceof Error && error.name === 'ApiError') throw error;
        return 'lost' as const;
      });
      if (this.isOver || end === 'ended') return 0;
      failures = end === 'broken' ? 0 : failures + 1;
      if (failures > RETRIES) {
        throw new CliError('The console cannot be reached.', 'Is it running?');
      }
      await sleep(RETRY_MS);
    }
  }

  /** @returns how the connection ended: the machine's run, or the connection alone */
  private async connect(): Promise<'ended' | 'broken' | 'lost'> {
    const { api, origin, token } = this.context;
    const { ticket } = await api.call('createConsoleTicket', { id: this.vm.id });
    if (this.isOver) return 'ended';
    const address = new URL(`${origin.replace(/\/$/, '')}/api/v1/vms/${this.vm.id}/console`);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    address.searchParams.set('client', this.client);
    if (this.epoch !== undefined) {
      address.searchParams.set('offset', String(this.offset));
      address.searchParams.set('epoch', this.epoch);
    }
    const socket = new WebSocket(address, [CONSOLE_SUBPROTOCOL, TICKET_PREFIX + ticket], {
      headers: { authorization: `Bearer ${token}` },
    });
    this.socket = socket;
    return await new Promise((resolve) => {
      let outcome: 'ended' | 'broken' | 'lost' = 'lost';
      socket.on('open', () => {
        outcome = 'broken';
        if (this.options.take) this.tell({ type: 'control', take: true });
      });
      socket.on('message', (data: Buffer, isBinary) => {
        if (isBinary) this.print(data);
        else if (this.hear(data.toString('utf8')) === 'ended') outcome = 'ended';
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        this.isLive = false;
        resolve(outcome);
      });
    });
  }

  private print(bytes: Buffer): void {
    this.context.output.raw(bytes);
    this.offset += bytes.length;
    if (this.offset - this.acknowledged >= ACK_BYTES) {
      this.acknowledged = this.offset;
      this.tell({ type: 'ack', offset: this.offset });
    }
  }

  private hear(text: string): 'ended' | undefined {
    const message = consoleServerMessageSchema.safeParse(JSON.parse(text)).data;
    // A newer console may tell more than we know of.
    if (message === undefined) return undefined;
    if (message.type === 'ended') return 'ended';
    if (message.type === 'people') this.tellWhoTypes(message);
    if (message.type === 'offset') {
      this.epoch = message.epoch;
      this.offset = message.offset;
      this.acknowledged = message.offset;
      this.isLive = true;
      for (const bytes of this.waiting.splice(0)) this.socket?.send(bytes);
    }
    if (message.type === 'skipped') this.offset = message.offset;
    return undefined;
  }

  private tellWhoTypes({ you, writer, viewers }: ConsolePeople): void {
    if (this.options.readOnly || writer === null || writer === you) {
      this.toldOf = undefined;
      return;
    }
    const name = viewers.find(({ id }) => id === writer)?.name ?? 'somebody';
    if (this.toldOf === name) return;
    this.toldOf = name;
    this.context.output.note(`\r\n[${printable(name)} has control; --take takes it]\r`);
  }

  private tell(message: object): void {
    this.socket?.send(JSON.stringify(message));
  }
}
