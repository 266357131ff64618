/** Proxies close a connection that is silent for a minute or so. */
const HEARTBEAT_MS = 15_000;
/** What EventSource waits before it connects again, in milliseconds. */
const RETRY_MS = 1000;
/** A reader that lags this many messages behind is cut off; it comes back with Last-Event-ID. */
const MAX_QUEUED = 256;

/** One without data only tells the reader where it is. */
export interface SseMessage {
  readonly id?: number;
  readonly event?: string;
  readonly data?: unknown;
}

export interface SseWriter {
  send(message: SseMessage): void;
  /** Ends the stream with a word for whoever reads the wire. */
  close(comment: string): void;
}

/** Streams that are open, so that all can be closed when the console stops. */
export class SseStreams {
  private readonly open = new Set<SseWriter>();

  /**
   * @param signal aborted when the client is gone
   * @param begin called once with the writer; returns what is to be undone at the end
   */
  respond(signal: AbortSignal, begin: (writer: SseWriter) => () => void): Response {
    const encoder = new TextEncoder();
    let finish: (comment?: string) => void = () => {};
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          let over = false;
          let undo: (() => void) | undefined;
          const write = (text: string) => {
            if (over) return;
            controller.enqueue(encoder.encode(text));
            if ((controller.desiredSize ?? 0) <= 0) finish('reading too slowly');
          };
          const writer: SseWriter = {
            send: (message) => write(formatMessage(message)),
            close: (comment) => finish(comment),
          };
          finish = (comment) => {
            if (over) return;
            over = true;
            clearInterval(heartbeat);
            this.open.delete(writer);
            undo?.();
            try {
              if (comment !== undefined) controller.enqueue(encoder.encode(`: ${comment}\n\n`));
              controller.close();
            } catch {
              // The client closed it first.
            }
          };
          const heartbeat = setInterval(() => write(': \n\n'), HEARTBEAT_MS);
          heartbeat.unref();
          this.open.add(writer);
          write(`retry: ${RETRY_MS}\n\n`);
          undo = begin(writer);
          // `begin` may have closed the stream before there was anything to undo.
          if (over) undo();
          signal.addEventListener('abort', () => finish(), { once: true });
          if (signal.aborted) finish();
        },
        cancel: () => finish(),
      },
      { highWaterMark: MAX_QUEUED },
    );
    return new Response(stream, {
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        // no-transform: a compressing proxy would hold messages back.
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      },
    });
  }

  closeAll(comment: string): void {
    for (const writer of [...this.open]) writer.close(comment);
  }
}

/** JSON.stringify leaves no line break in `data`, so one line is enough. */
function formatMessage({ id, event, data }: SseMessage): string {
  const head = `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}`;
  return data === undefined ? `${head}\n` : `${head}data: ${JSON.stringify(data)}\n\n`;
}
