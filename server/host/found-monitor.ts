import { PROTOCOL_VERSION, type RunRecord } from '../../vmm-core/monitor/protocol';
import { identifyProcess } from '../process/identity';
import { MonitorClient } from './monitor-client';
import type { MonitorStatus } from './monitor-messages';
import type { MonitorProcess } from './monitor-process';
import type { RunDirectory } from './run-directory';

/** What connecting ends with where nobody listens. */
const NOBODY: ReadonlySet<unknown> = new Set(['ENOENT', 'ECONNREFUSED']);

/**
 * Of a directory whose record cannot be read: whoever answers there says who it is.
 * @returns undefined when nobody listens there
 * @throws Error when somebody does, and does not answer
 */
export async function recordFromItself(
  directory: RunDirectory,
  patienceMs: number,
): Promise<RunRecord | undefined> {
  const client = new MonitorClient(directory.socket, patienceMs);
  try {
    const { protocol, pid, config } = await client.status();
    const identity = identifyProcess(pid);
    if (identity === undefined) return undefined;
    return { protocol, ...identity, ...(config === undefined ? {} : { machineId: config.id }) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOBODY.has(error.code)) return undefined;
    throw error;
  } finally {
    client.close();
  }
}

/**
 * The first word of a monitor that was found running.
 * @throws Error when it does not answer, or speaks another protocol
 */
export async function hear({ client }: MonitorProcess): Promise<MonitorStatus> {
  const status = await client.status();
  if (status.protocol === PROTOCOL_VERSION) return status;
  throw new Error(`it speaks protocol ${status.protocol}, this console ${PROTOCOL_VERSION}`);
}
