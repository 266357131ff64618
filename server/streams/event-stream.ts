import type { OpenedWith, Revocations } from '../users/revocations';
import type { EventBus } from './event-bus';
import type { SseStreams } from './sse';

export interface EventStreamParts {
  readonly events: EventBus;
  readonly streams: SseStreams;
  readonly revocations: Revocations;
}

export interface EventReader {
  /** The stream ends with the session or token it was opened with. */
  readonly who: OpenedWith;
  /** The header of that name: the number of the last event the reader saw. */
  readonly lastEventId: string | null;
  /** Aborted when the reader is gone. */
  readonly signal: AbortSignal;
}

/** `GET /events`. */
export function streamEvents(parts: EventStreamParts, reader: EventReader): Response {
  const { events, streams, revocations } = parts;
  return streams.respond(reader.signal, (writer) => {
    const seen = Number.parseInt(reader.lastEventId ?? '', 10);
    const { events: missed, lost } = events.since(Number.isNaN(seen) ? undefined : seen);
    if (lost) {
      // With the newest number, so that the next reconnect goes on from here.
      writer.send({ id: events.lastId, event: 'missed', data: { type: 'missed' } });
    }
    // Before anything happens, so that one that is cut off meanwhile can go on from here, too.
    if (missed.length === 0 && !lost) writer.send({ id: events.lastId });
    for (const { id, event } of missed) writer.send({ id, event: event.type, data: event });
    const stopEvents = events.listen(({ id, event }) =>
      writer.send({ id, event: event.type, data: event }),
    );
    const stopWatch = revocations.watch(reader.who, () => writer.close('signed out'));
    return () => {
      stopEvents();
      stopWatch();
    };
  });
}
