import type { FileHandle } from 'node:fs/promises';
import type { ConsoleConnection } from '../host/agent';
import { isProblemError } from '../problems/problem-error';
import type { Reservation } from '../storage/space';
import { CastEncoder } from './cast-encoder';

/** A UART prints byte by byte; what comes within this time is one event. */
const GATHER_MS = 10;
const GATHER_BYTES = 32 * 1024;
/** Not written yet; beyond it the console is not read, and the host drops what it must. */
const MAX_WAITING_BYTES = 1024 * 1024;
/** In what portions space is asked for. */
const SPACE_STEP_BYTES = 1024 * 1024;

export interface RecorderOptions {
  readonly maxBytes: number;
  /** Of what the file takes. */
  readonly space: Reservation;
  /** Milliseconds, only ever growing. */
  readonly clock?: () => number;
}

export interface RecorderEnd {
  readonly state: 'ended' | 'full' | 'failed';
  /** Why it failed. */
  readonly error?: unknown;
}

/** Writes what one console prints into one file, which is whole after each write. */
export class Recorder {
  /** Never rejects; the file is closed then. */
  readonly done: Promise<RecorderEnd>;
  private readonly encoder = new CastEncoder();
  private readonly clock: () => number;
  private readonly begun: number;
  private gathered: Uint8Array[] = [];
  private gatheredBytes = 0;
  private gatheredAt = 0;
  private gatherTimer: NodeJS.Timeout | undefined;
  private waiting: string[] = [];
  private waitingBytes = 0;
  private reservedBytes = 0;
  private written = 0;
  private isOver = false;
  private wake: () => void = () => {};

  /** @param header the file's first line */
  constructor(
    private readonly connection: ConsoleConnection,
    private readonly file: FileHandle,
    header: string,
    private readonly options: RecorderOptions,
  ) {
    this.clock = options.clock ?? (() => performance.now());
    this.begun = this.clock();
    this.queue(header);
    connection.listen({
      offset: () => {},
      bytes: (chunk) => this.gather(chunk),
      skipped: (bytes) => this.queueEvent((ms) => this.encoder.marker(ms, `${bytes} bytes missed`)),
      drained: () => {},
      ended: () => this.stop(),
    });
    this.done = this.write();
  }

  /** Bytes of whole lines that are in the file. */
  get sizeBytes(): number {
    return this.written;
  }

  /** What was printed until now still gets into the file. */
  stop(): void {
    if (this.isOver) return;
    this.flush();
    this.isOver = true;
    this.connection.close();
    this.wake();
  }

  private gather(chunk: Uint8Array): void {
    if (this.gathered.length === 0) {
      this.gatheredAt = this.clock() - this.begun;
      this.gatherTimer = setTimeout(() => this.flush(), GATHER_MS);
    }
    this.gathered.push(chunk);
    this.gatheredBytes += chunk.length;
    if (this.gatheredBytes >= GATHER_BYTES) this.flush();
  }

  private flush(): void {
    clearTimeout(this.gatherTimer);
    if (this.gathered.length === 0) return;
    const bytes = Buffer.concat(this.gathered);
    this.gathered = [];
    this.gatheredBytes = 0;
    this.queue(this.encoder.output(this.gatheredAt, bytes));
  }

  private queueEvent(encode: (ms: number) => string): void {
    this.flush();
    this.queue(encode(this.clock() - this.begun));
  }

  private queue(line: string): void {
    if (this.isOver || line === '') return;
    this.waiting.push(line);
    this.waitingBytes += line.length;
    if (this.waitingBytes > MAX_WAITING_BYTES) this.connection.pause();
    this.wake();
  }

  private async write(): Promise<RecorderEnd> {
    try {
      return { state: await this.writeAll() };
    } catch (error) {
      return { state: isDiskFull(error) ? 'full' : 'failed', error };
    } finally {
      this.stop();
      this.options.space.release();
      // Half a line that a full disk left would be no asciicast.
      await this.file.truncate(this.written).catch(() => {});
      await this.file.close().catch(() => {});
    }
  }

  private async writeAll(): Promise<'ended' | 'full'> {
    for (;;) {
      const lines = this.waiting;
      if (lines.length === 0) {
        if (this.isOver) return 'ended';
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        continue;
      }
      this.waiting = [];
      this.waitingBytes = 0;
      this.connection.resume();
      const { fitting, isFull } = this.cut(lines.map((line) => Buffer.from(line)));
      await this.append(fitting);
      if (isFull) return 'full';
    }
  }

  /** Whole lines, as many as the file may still take. */
  private cut(lines: readonly Buffer[]): { fitting: Buffer; isFull: boolean } {
    let left = this.options.maxBytes - this.written;
    const fitting = lines.filter((line) => {
      left -= line.length;
      return left >= 0;
    });
    return { fitting: Buffer.concat(fitting), isFull: left < 0 };
  }

  private async append(bytes: Buffer): Promise<void> {
    const { space } = this.options;
    if (this.reservedBytes < bytes.length) {
      const step = Math.max(SPACE_STEP_BYTES, bytes.length);
      await space.add(step);
      this.reservedBytes += step;
    }
    // At a place of its own: what a write that failed left behind is written over.
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.file.write(
        bytes,
        at,
        bytes.length - at,
        this.written + at,
      );
      at += bytesWritten;
    }
    space.spend(bytes.length);
    this.reservedBytes -= bytes.length;
    this.written += bytes.length;
  }
}

function isDiskFull(error: unknown): boolean {
  if (isProblemError(error)) return error.problem.code === 'disk-full';
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC';
}
