import type { HostAgent } from '../host/agent';
import type { OpenedWith, Revocations } from '../users/revocations';
import type { SseStreams } from './sse';

export interface MetricsStreamParts {
  readonly agent: Pick<HostAgent, 'onSample' | 'onHostSample'>;
  readonly streams: SseStreams;
  readonly revocations: Revocations;
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
  return stream(parts, reader, (send) =>
    parts.agent.onSample((id, sample) => {
      if (id === vmId) send(sample);
    }),
  );
}

/** `GET /host/metrics/stream`: each new sample of the host. */
export function streamHostMetrics(parts: MetricsStreamParts, reader: MetricsReader): Response {
  return stream(parts, reader, (send) => parts.agent.onHostSample(send));
}

function stream(
  parts: MetricsStreamParts,
  reader: MetricsReader,
  follow: (send: (sample: unknown) => void) => () => void,
): Response {
  return parts.streams.respond(reader.signal, (writer) => {
    const stopSamples = follow((sample) => writer.send({ event: 'sample', data: sample }));
    const stopWatch = parts.revocations.watch(reader.who, () => writer.close('signed out'));
    return () => {
      stopSamples();
      stopWatch();
    };
  });
}
