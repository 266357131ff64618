import type { HostAgent } from '../host/agent';
import type { SessionService } from '../users/session-service';
import type { SseStreams } from './sse';

export interface MetricsStreamParts {
  readonly agent: Pick<HostAgent, 'onSample'>;
  readonly streams: SseStreams;
  readonly sessions: Pick<SessionService, 'onRevoked'>;
}

export interface MetricsReader {
  readonly vmId: string;
  /** The stream ends with the session. */
  readonly sessionId: string | undefined;
  /** Aborted when the reader is gone. */
  readonly signal: AbortSignal;
}

/** `GET …/metrics/stream`: each new sample of one machine, as the event `sample`. */
export function streamMetrics(parts: MetricsStreamParts, reader: MetricsReader): Response {
  return parts.streams.respond(reader.signal, (writer) => {
    const stopSamples = parts.agent.onSample((id, sample) => {
      if (id === reader.vmId) writer.send({ event: 'sample', data: sample });
    });
    const stopSession = parts.sessions.onRevoked((id) => {
      if (id === reader.sessionId) writer.close('signed out');
    });
    return () => {
      stopSamples();
      stopSession();
    };
  });
}
