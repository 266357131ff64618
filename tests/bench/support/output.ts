import type { ChildProcess } from 'node:child_process';
import { BenchError } from './bench';
import { within } from './wait';

/** When the first byte of a child's output came, by performance.now(). */
export function firstByteAt(child: ChildProcess, what: string, timeoutMs: number): Promise<number> {
  const seen = new Promise<number>((resolve, reject) => {
    child.stdout?.once('data', () => resolve(performance.now()));
    child.once('error', reject);
    child.once('exit', (code) => reject(new BenchError(`${what}: ended (${code}) without output`)));
  });
  return within(timeoutMs, what, seen);
}

/** A child's first line of output. */
export function firstLine(child: ChildProcess, what: string, timeoutMs: number): Promise<string> {
  const line = new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end).trim());
    });
    child.once('error', reject);
    child.once('close', (code) => reject(new BenchError(`${what}: ended (${code}): ${text}`)));
  });
  return within(timeoutMs, what, line);
}
