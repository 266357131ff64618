import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeptRuns } from './kept-runs';
import { RunDirectory } from './run-directory';

let scratch: string;
let kept: KeptRuns;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'vd-kept-'));
  kept = new KeptRuns(join(scratch, 'machines'));
});

afterEach(() => rm(scratch, { recursive: true, force: true }));

async function run(printed: string): Promise<RunDirectory> {
  const directory = await RunDirectory.create(scratch);
  await writeFile(directory.console, printed);
  await writeFile(directory.log, `the log of ${printed}`);
  return directory;
}

const there = () => readdir(join(scratch, 'machines', 'one'));

describe('what is kept of a run', () => {
  it('takes the place of the run before', async () => {
    await kept.keep('one', await run('first'));
    const second = await run('second');
    await kept.keep('one', second);
    const found = await kept.findConsole('one');
    expect(found?.epoch).toBe(second.name);
    expect(await readFile(found?.path ?? '', 'utf8')).toBe('second');
    expect(await readFile(kept.logPath('one'), 'utf8')).toBe('the log of second');
    expect(await there()).toHaveLength(2);
  });

  it('is the console first, and nothing half, when not all can be kept', async () => {
    // A log cannot be put in the place of a directory.
    await mkdir(kept.logPath('one'), { recursive: true });
    await expect(kept.keep('one', await run('last words'))).rejects.toThrow();
    expect(await readFile((await kept.findConsole('one'))?.path ?? '', 'utf8')).toBe('last words');
    expect((await there()).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});
