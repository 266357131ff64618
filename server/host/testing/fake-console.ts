import type { ConsoleConnection, ConsoleSink } from '../agent';

/** A console that prints what a test says. */
export class FakeConsole implements ConsoleConnection {
  sink: ConsoleSink | undefined;
  readonly typed: string[] = [];
  paused = false;
  closed = false;
  /** Takes no more input. */
  full = false;

  constructor(
    readonly epoch: string,
    readonly live: boolean,
  ) {}

  listen(sink: ConsoleSink): void {
    this.sink = sink;
  }

  write(bytes: Uint8Array): boolean {
    this.typed.push(Buffer.from(bytes).toString());
    return !this.full;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  close(): void {
    this.closed = true;
  }

  print(text: string | Uint8Array): void {
    this.sink?.bytes(Buffer.from(text));
  }
}
