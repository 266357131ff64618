import type { LogLine, TaskStore } from './task-store';

/** What is kept of a log: its last lines. */
export const MAX_LOG_LINES = 2000;
/** Lines are removed in bulk, not one for each that comes. */
const TRIM_SLACK = 200;
const MAX_LINE_CHARACTERS = 1000;
const FLUSH_MS = 500;
/** SQLite takes 32766 values in a statement; a line has four. */
const BATCH = 500;

/** Sequences that colour a terminal and move its cursor (ECMA-48), and control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be removed
const NOT_TEXT = /\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * The log of one task. Lines wait in memory for a moment and go to the database in batches; a
 * program that says more than can be written loses its oldest lines, not the console its memory.
 */
export class TaskLog {
  private waiting: LogLine[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private keptFrom: number;

  /**
   * @param seq the number of the last line there is
   * @param onFailure told what writing met; the lines are lost then
   */
  constructor(
    private readonly store: Pick<TaskStore, 'appendLines' | 'dropLinesBefore'>,
    private readonly taskId: string,
    private seq: number,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.keptFrom = Math.max(0, seq - MAX_LOG_LINES);
  }

  /** @param text a line, or several */
  add(text: string): void {
    for (const part of text.split(/\r?\n|\r/)) {
      const line = part.replace(NOT_TEXT, '').trimEnd().slice(0, MAX_LINE_CHARACTERS);
      if (line === '') continue;
      this.seq += 1;
      this.waiting.push({ seq: this.seq, at: new Date(), text: line });
    }
    if (this.waiting.length > 2 * MAX_LOG_LINES) this.waiting = this.waiting.slice(-MAX_LOG_LINES);
    if (this.waiting.length > 0 && this.timer === undefined) {
      this.timer = setTimeout(() => void this.flush(), FLUSH_MS);
      this.timer.unref();
    }
  }

  /** All lines that were added are in the database, or lost, when it resolves. Never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write()).catch(this.onFailure);
    return this.writing;
  }

  private async write(): Promise<void> {
    const lines = this.waiting.slice(-MAX_LOG_LINES);
    this.waiting = [];
    for (let at = 0; at < lines.length; at += BATCH) {
      await this.store.appendLines(this.taskId, lines.slice(at, at + BATCH));
    }
    const last = lines.at(-1)?.seq ?? 0;
    if (last - this.keptFrom <= MAX_LOG_LINES + TRIM_SLACK) return;
    this.keptFrom = last - MAX_LOG_LINES;
    await this.store.dropLinesBefore(this.taskId, this.keptFrom + 1);
  }
}
