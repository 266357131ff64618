import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { CommandError } from './build-error';
import { runCommand } from './run-command';

const directory = mkdtempSync(join(tmpdir(), 'virtdeck-run-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('gives back standard output, and logs both', async () => {
  const logPath = join(directory, 'log');
  expect(await runCommand('sh', ['-c', 'echo out; echo err >&2'], { logPath })).toEqual(['out']);
  expect(readFileSync(logPath, 'utf8').split('\n').sort()).toEqual(['', 'err', 'out']);
});

it('tells how the command ended, with its last lines', async () => {
  const failing = runCommand('sh', ['-c', 'seq 1 50; exit 3']);
  await expect(failing).rejects.toBeInstanceOf(CommandError);
  await expect(failing).rejects.toMatchObject({
    outcome: 'exit code 3',
    lastLines: Array.from({ length: 20 }, (_, index) => String(index + 31)),
  });
});

it('ends the command and its children when aborted', async () => {
  const stop = new AbortController();
  const pidFile = join(directory, 'child.pid');
  const running = runCommand('sh', ['-c', `sleep 60 & echo $! > ${pidFile}; echo go; wait`], {
    signal: stop.signal,
    onLine: () => stop.abort(new Error('enough')),
  });
  await expect(running).rejects.toThrow('enough');
  const child = readFileSync(pidFile, 'utf8').trim();
  const state = existsSync(`/proc/${child}/stat`)
    ? readFileSync(`/proc/${child}/stat`, 'utf8').split(' ')[2]
    : 'Z';
  expect(state).toBe('Z');
});

it('does not begin when aborted before', async () => {
  const marker = join(directory, 'begun');
  const signal = AbortSignal.abort(new Error('no'));
  await expect(runCommand('touch', [marker], { signal })).rejects.toThrow('no');
  expect(existsSync(marker)).toBe(false);
});
