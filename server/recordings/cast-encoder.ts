import { StringDecoder } from 'node:string_decoder';

/** A console has no size of its own; players take this one. */
const COLUMNS = 80;
const ROWS = 25;

/** First line of an asciicast v2: docs.asciinema.org/manual/asciicast/v2, "Header". */
export function castHeader(title: string, startedAt: Date): string {
  const timestamp = Math.floor(startedAt.getTime() / 1000);
  const env = { TERM: 'linux' };
  return line({ version: 2, width: COLUMNS, height: ROWS, timestamp, title, env });
}

/** Lines of an asciicast v2 after the first: the same, "Event stream". */
export class CastEncoder {
  /** A character may come in two chunks; what is no UTF-8 becomes U+FFFD. */
  private readonly decoder = new StringDecoder('utf8');

  /** @returns what was printed `ms` after the start; '' while a character is not whole */
  output(ms: number, bytes: Uint8Array): string {
    const text = this.decoder.write(Buffer.from(bytes));
    return text === '' ? '' : line([seconds(ms), 'o', text]);
  }

  /** @returns a marker: players list them, and can stop there */
  marker(ms: number, text: string): string {
    return line([seconds(ms), 'm', text]);
  }
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
