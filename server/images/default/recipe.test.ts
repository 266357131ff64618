import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEFAULT_RECIPE_DIR, digestWith, readRecipe } from './recipe';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'virtdeck-recipe-'));
  mkdirSync(join(directory, 'root/etc'), { recursive: true });
  write('kernel.config', 'CONFIG_A=y\n');
  write('cmdline', '# for people\n console=ttyS0\n# more\nquiet \n');
  write('root/etc/rc', '#!/bin/sh\n');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const write = (path: string, text: string): void => writeFileSync(join(directory, path), text);
const digest = async (): Promise<string> => (await readRecipe(directory)).digest;

it('has a command line without its comments, and files relative to the root', async () => {
  const recipe = await readRecipe(directory);
  expect(recipe.cmdline).toBe('console=ttyS0 quiet');
  expect(recipe.root.map((file) => file.path)).toEqual(['etc/rc']);
});

it.each([
  ['the content of a file', () => write('root/etc/rc', '#!/bin/sh\n:\n')],
  ['the right to run it', () => chmodSync(join(directory, 'root/etc/rc'), 0o755)],
  ['its name', () => renameSync(join(directory, 'root/etc/rc'), join(directory, 'root/etc/rd'))],
  ['a new file', () => write('root/etc/new', '')],
  ['the configuration', () => write('kernel.config', 'CONFIG_A=n\n')],
])('has another digest after a change of %s', async (_what, change) => {
  const before = await digest();
  expect(await digest()).toBe(before);
  change();
  expect(await digest()).not.toBe(before);
});

it('makes another image of other package versions', () => {
  const versions = { 'busybox-static': '1', 'linux-source-6.1': '6.1.1' };
  const other = { ...versions, 'linux-source-6.1': '6.1.2' };
  expect(digestWith('r', versions)).not.toBe(digestWith('r', other));
  expect(digestWith('r', { 'linux-source-6.1': '6.1.1', 'busybox-static': '1' })).toBe(
    digestWith('r', versions),
  );
});

it('says which part is missing', async () => {
  rmSync(join(directory, 'cmdline'));
  await expect(readRecipe(directory)).rejects.toMatchObject({
    code: 'recipe-refused',
    message: expect.stringContaining('cmdline is missing'),
  });
});

it('of virtdeck is whole', async () => {
  const recipe = await readRecipe(DEFAULT_RECIPE_DIR);
  expect(recipe.cmdline).toContain('console=ttyS0');
  expect(recipe.root.map((file) => file.path)).toContain('etc/inittab');
});
