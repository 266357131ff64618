import { formatTable, type Table } from './table';

/** Where a command's answer goes: for people, or as JSON for programs. */
export class Output {
  constructor(
    readonly isJson: boolean,
    private readonly out: NodeJS.WritableStream & { readonly columns?: number },
    private readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean },
  ) {}

  /** @param value the API's answer @param text the same for people; nothing says nothing */
  answer(value: unknown, text: () => string): void {
    const shown = this.isJson ? JSON.stringify(value ?? null, null, 2) : text();
    if (shown !== '') this.out.write(`${shown}\n`);
  }

  table(value: unknown, table: Table): void {
    this.answer(value, () => formatTable(table, this.out.columns));
  }

  /** As it is, for example a log. */
  raw(bytes: string | Uint8Array): void {
    this.out.write(bytes);
  }

  /** What goes on, on the other stream; in place where that is a terminal. */
  progress(text: string): void {
    if (this.isJson || this.err.isTTY !== true) return;
    this.err.write(`\r\x1b[K${text}`);
  }

  endProgress(): void {
    if (!this.isJson && this.err.isTTY === true) this.err.write('\r\x1b[K');
  }

  note(text: string): void {
    this.err.write(`${text}\n`);
  }
}
