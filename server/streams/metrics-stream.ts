import type { HostAgent } from '../host/agent';
import type { Revocations } from '../users/revocations';
import type { SseStreams } from './sse';

export interface MetricsStreamParts {
  readonly agent: Pick<HostAgent, 'onSample'>;
  readonly streams: SseStreams;
  readonly revocations: Revocations;
}

export interface MetricsReader {
  readonly vmId: string;
  /** The stream ends with the session or token it was opened with. */
  readonly grantId: string | undefined;
  /** Aborted when the reader is gone. */
  readonly signal: AbortSignal;
}

/** `GET …/metrics/stream`: each new sample of one machine, as the event `sample`. */
export function streamMetrics(parts: MetricsStreamParts, reader: MetricsReader): Response {
  return parts.streams.respond(reader.signal, (writer) => {
    const stopSamples = parts.agent.onSample((id, sample) => {
      if (id === reader.vmId) writer.send({ event: 'sample', data: sample });
    });
    const stopRevocations = parts.revocations.listen((id) => {
      if (id === reader.grantId) writer.close('signed out');
    });
    return () => {
      stopSamples();
      stopRevocations();
    };
  });
}
