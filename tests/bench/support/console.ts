import type { MonitorClient } from '../../../vmm-core/monitor/client';
import { within } from './wait';

/**
 * Follows a monitor's console from its first byte until `wanted` says that this is it.
 * @returns the text up to then, and when it was seen by performance.now()
 */
export function consoleUntil(
  client: MonitorClient,
  wanted: (text: string) => boolean,
  what: string,
  timeoutMs: number,
): Promise<{ readonly text: string; readonly at: number }> {
  const seen = new Promise<{ text: string; at: number }>((resolve, reject) => {
    let text = '';
    const attached = client.attach(0, (bytes) => {
      text += bytes.toString('latin1');
      if (wanted(text)) resolve({ text, at: performance.now() });
    });
    attached.catch(reject);
  });
  return within(timeoutMs, what, seen);
}
