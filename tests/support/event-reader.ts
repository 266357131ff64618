import { type ConsoleEvent, eventSchema } from '../../server/api/events';
import type { TestConsole } from './console';

/** A reader of `GET /events`, who may be cut off and come back. */
export class EventReader {
  readonly events: ConsoleEvent[] = [];
  /** Of the newest event. */
  lastId = '';
  private text = '';

  private constructor(private readonly reader: ReadableStreamDefaultReader<string>) {}

  /** @param lastId goes on behind the event of this number */
  static async open(console: TestConsole, lastId?: string): Promise<EventReader> {
    const { body, status } = await fetch(`${console.address}/api/v1/events`, {
      headers: {
        cookie: console.sessionCookie,
        ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
      },
    });
    if (body === null || status !== 200) throw new Error(`events: ${status}`);
    return new EventReader(body.pipeThrough(new TextDecoderStream()).getReader());
  }

  /** Reads on until there is such an event. @throws Error when the stream ends before */
  async until(isWanted: (event: ConsoleEvent) => boolean): Promise<ConsoleEvent> {
    for (let seen = 0; ; ) {
      for (; seen < this.events.length; seen += 1) {
        const event = this.events[seen];
        if (event !== undefined && isWanted(event)) return event;
      }
      const { done, value } = await this.reader.read();
      if (done) throw new Error(`the stream ended after ${JSON.stringify(this.events)}`);
      this.take(value);
    }
  }

  async close(): Promise<void> {
    await this.reader.cancel();
  }

  private take(text: string): void {
    const parts = (this.text + text).split('\n\n');
    this.text = parts.pop() ?? '';
    for (const part of parts) {
      const fields = part.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line));
      const of = (name: string) => fields.find((field) => field?.[1] === name)?.[2];
      const data = of('data');
      if (data === undefined) continue;
      this.lastId = of('id') ?? this.lastId;
      this.events.push(eventSchema.parse(JSON.parse(data)));
    }
  }
}
