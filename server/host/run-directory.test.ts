import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RunDirectory } from './run-directory';

let scratch: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'vd-run-'));
});

afterEach(() => rm(scratch, { recursive: true, force: true }));

it('a run directory is found by its name, and gone when it is removed', async () => {
  const { name } = await RunDirectory.create(scratch);
  await writeFile(join(scratch, 'aaaaaaaaaaaa'), 'no directory');
  const [found, ...others] = await RunDirectory.list(scratch);
  expect([found?.name, others]).toEqual([name, []]);
  await found?.remove();
  expect(await RunDirectory.list(scratch)).toEqual([]);
});

it.each(['', '{"pid":', '{"pid":0}', '[]'])('its record %j is none', async (text) => {
  const directory = await RunDirectory.create(scratch);
  await writeFile(join(directory.path, 'monitor.json'), text);
  expect(await directory.record()).toBeUndefined();
});

it('one that cannot be removed ends nothing else', async () => {
  const file = join(scratch, 'file');
  await writeFile(file, '');
  await new RunDirectory(join(file, 'run'), 'run').remove();
});
