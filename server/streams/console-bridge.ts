import {
  type ConsoleClientMessage,
  type ConsoleServerMessage,
  consoleClientMessageSchema,
} from '../api/console';
import type { VmState } from '../api/vms';
import type { ConsoleConnection } from '../host/agent';
import { type Log, messageOf } from '../log/log';
import type { Seat } from './console-control';

/**
 * Bytes a viewer may have unacknowledged before the host is not read any more for it. The monitor
 * then drops what this viewer cannot take, and nobody else waits.
 */
export const WINDOW_BYTES = 512 * 1024;
/** Between two tries to reach a monitor that closed the connection but lives. */
const REOPEN_MS = 200;

/** The WebSocket, as far as the bridge needs it. */
export interface ViewerSocket {
  sendBytes(bytes: Uint8Array): void;
  sendMessage(message: ConsoleServerMessage): void;
  /** Stops and goes on with reading what the viewer types. */
  pauseInput(): void;
  resumeInput(): void;
  close(code: number, reason: string): void;
}

/** What the bridge asks about its machine. */
export interface BridgedMachine {
  open(offset: number): Promise<ConsoleConnection>;
  /** undefined when the machine was deleted. */
  state(): VmState | undefined;
  /** Resolves when the state is another one, or the signal is aborted. */
  changed(signal: AbortSignal): Promise<void>;
}

export interface BridgeOptions {
  /** What the viewer has: bytes before `offset` of the run `epoch`; undefined trusts the offset. */
  readonly offset: number;
  readonly epoch: string | undefined;
  /** Decides whether what the viewer types reaches the guest. */
  readonly control: Pick<Seat, 'types' | 'take' | 'release'>;
  readonly log: Log;
}

/** WebSocket close codes: RFC 6455, 7.4.1. */
const NORMAL = 1000;
const POLICY = 1008;
const INTERNAL = 1011;

/** One viewer of one console. Bytes are bytes: nothing is decoded on the way. */
export class ConsoleBridge {
  private readonly over = new AbortController();
  private connection: ConsoleConnection | undefined;
  private epoch: string | undefined;
  private announced = false;
  /** Absolute: the next byte to send, and the first the viewer has not acknowledged. */
  private sent: number;
  private acknowledged: number;

  constructor(
    private readonly viewer: ViewerSocket,
    private readonly machine: BridgedMachine,
    private readonly options: BridgeOptions,
  ) {
    this.epoch = options.epoch;
    this.sent = options.offset;
    this.acknowledged = options.offset;
  }

  /** Carries bytes until the machine's run ends or the viewer goes. */
  async run(): Promise<void> {
    try {
      while (!this.over.signal.aborted) {
        const state = this.machine.state();
        if (state === undefined) return this.end('stopped');
        const connection = await this.machine.open(this.sent);
        if (!connection.live && (state === 'starting' || state === 'stopping')) {
          // There will be a monitor, or what it printed, in a moment.
          connection.close();
          await this.machine.changed(this.over.signal);
          continue;
        }
        if (this.epoch !== undefined && this.epoch !== connection.epoch && this.sent > 0) {
          // Another run: the viewer has nothing of it.
          connection.close();
          this.sent = 0;
          continue;
        }
        await this.carry(connection);
        if (this.over.signal.aborted) return;
        if (!connection.live) return this.end(this.machine.state() ?? 'stopped');
        await pause(REOPEN_MS);
      }
    } catch (error) {
      this.options.log.warn('a console broke', { cause: messageOf(error) });
      this.viewer.close(INTERNAL, 'the console cannot be reached');
    }
  }

  /** Bytes the viewer typed. */
  input(bytes: Uint8Array): void {
    if (this.connection === undefined || !this.options.control.types()) return;
    if (!this.connection.write(bytes)) this.viewer.pauseInput();
  }

  /** A text frame of the viewer. */
  message(text: string): void {
    const message = parseMessage(text);
    if (message === undefined) {
      this.viewer.close(POLICY, 'not a console message');
      this.stop();
      return;
    }
    if (message.type === 'control') {
      if (message.take) this.options.control.take();
      else this.options.control.release();
      return;
    }
    // Never beyond what was sent: a viewer cannot open its window by a lie.
    this.acknowledged = Math.max(this.acknowledged, Math.min(message.offset, this.sent));
    if (this.sent - this.acknowledged < WINDOW_BYTES) this.connection?.resume();
  }

  /** The viewer is gone. */
  stop(): void {
    this.over.abort();
    this.connection?.close();
  }

  private carry(connection: ConsoleConnection): Promise<void> {
    this.connection = connection;
    return new Promise<void>((resolve) => {
      if (this.over.signal.aborted) {
        connection.close();
        return resolve();
      }
      this.over.signal.addEventListener('abort', () => resolve(), { once: true });
      connection.listen({
        offset: (offset) => this.onOffset(connection.epoch, offset),
        bytes: (chunk) => {
          this.viewer.sendBytes(chunk);
          this.sent += chunk.length;
          if (this.sent - this.acknowledged >= WINDOW_BYTES) connection.pause();
        },
        skipped: (bytes, offset) => {
          this.sent = offset;
          this.viewer.sendMessage({ type: 'skipped', bytes, offset });
        },
        drained: () => this.viewer.resumeInput(),
        ended: () => resolve(),
      });
    }).then(() => {
      this.connection = undefined;
      this.viewer.resumeInput();
    });
  }

  private onOffset(epoch: string, offset: number): void {
    // Going on where the same run was left is nothing the viewer has to be told.
    if (this.announced && epoch === this.epoch && offset === this.sent) return;
    this.announced = true;
    this.epoch = epoch;
    this.sent = offset;
    this.acknowledged = offset;
    this.viewer.sendMessage({ type: 'offset', epoch, offset });
  }

  private end(state: VmState): void {
    this.viewer.sendMessage({ type: 'ended', state });
    this.viewer.close(NORMAL, 'ended');
  }
}

function parseMessage(text: string): ConsoleClientMessage | undefined {
  try {
    return consoleClientMessageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
