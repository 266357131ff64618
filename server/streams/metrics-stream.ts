import type { HostAgent } from '../host/agent';
import type { OpenedWith, Revocations } from '../users/revocations';
import type { SseStreams } from './sse';

export interface FollowParts {
  readonly streams: SseStreams;
  readonly revocations: Revocations;
}

export interface MetricsStreamParts extends FollowParts {
  readonly agent: Pick<HostAgent, 'onSample' | 'onHostSample'>;
}

export interface MetricsReader {
  /** The stream ends with the session or token it was opened with. */
  readonly who: OpenedWith;
  /** Aborted when the reader is gone. */
  readonly signal: AbortSignal;
}

/** `GET …/metrics/stream`: each new sample of one machine, as the event `sample`. */
export function streamMetrics(
  parts: MetricsStreamParts,
  vmId: string,
  reader: MetricsReader,
): Response {
  return follow(parts, reader, 'sample', (send) =>
    parts.agent.onSample((id, sample) => {
      if (id === vmId) send(sample);
    }),
  );
}

/** `GET /host/metrics/stream`: each new sample of the host. */
export function streamHostMetrics(parts: MetricsStreamParts, reader: MetricsReader): Response {
  return follow(parts, reader, 'sample', (send) => parts.agent.onHostSample(send));
}

/** @param begin calls `send` for each `event`, and returns what ends that */
export function follow(
  parts: FollowParts,
  reader: MetricsReader,
  event: string,
  begin: (send: (data: unknown) => void) => () => void,
): Response {
  return parts.streams.respond(reader.signal, (writer) => {
    const stopSending = begin((data) => writer.send({ event, data }));
    const stopWatch = parts.revocations.watch(reader.who, () => writer.close('signed out'));
    return () => {
      stopSending();
      stopWatch();
    };
  });
}
