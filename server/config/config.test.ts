import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareDirectories, resolveDirectories } from './directories';
import { lockDirectory } from './instance-lock';
import { readOptions } from './options';
import { StartError } from './start-error';

const ROOT = { uid: 0, home: '/root' };
const USER = { uid: 1000, home: '/home/u' };

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vd-config-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('directories', () => {
  it('are where such things are kept on Linux', () => {
    expect(resolveDirectories({}, ROOT)).toEqual({
      data: '/var/lib/virtdeck',
      run: '/run/virtdeck',
      images: '/var/lib/virtdeck/images',
    });
    expect(resolveDirectories({ XDG_RUNTIME_DIR: '/run/user/1000' }, USER)).toEqual({
      data: '/home/u/.local/share/virtdeck',
      run: '/run/user/1000/virtdeck',
      images: '/home/u/.local/share/virtdeck/images',
    });
    expect(resolveDirectories({ XDG_DATA_HOME: '/d' }, USER).run).toBe('/d/virtdeck/run');
    expect(resolveDirectories({ VIRTDECK_DATA: '/x', VIRTDECK_RUN: '/y' }, ROOT)).toEqual({
      data: '/x',
      run: '/y',
      images: '/x/images',
    });
    expect(resolveDirectories({ VIRTDECK_IMAGES: '/i' }, ROOT).images).toBe('/i');
  });

  it('are made for this user only', async () => {
    const made = { data: join(directory, 'a/data'), run: join(directory, 'a/run') };
    prepareDirectories(made);
    expect((await stat(made.data)).mode & 0o777).toBe(0o700);
    expect((await stat(made.run)).mode & 0o777).toBe(0o700);
  });

  it('are refused when a socket would not fit or they are no directories', async () => {
    const long = join(directory, 'x'.repeat(80));
    expect(() => prepareDirectories({ data: directory, run: long })).toThrow(/too long/);
    const file = join(directory, 'file');
    await writeFile(file, '');
    expect(() => prepareDirectories({ data: file, run: directory })).toThrow(/cannot be used/);
  });
});

describe('the lock of a directory', () => {
  it('is had by one console at a time, and given back', async () => {
    const unlock = lockDirectory(directory, 'VIRTDECK_DATA');
    expect(() => lockDirectory(directory, 'VIRTDECK_DATA')).toThrow(
      `Another console (pid ${process.pid}) uses ${directory}.`,
    );
    unlock();
    lockDirectory(directory, 'VIRTDECK_DATA')();
    expect(await readdir(directory)).toEqual([]);
  });

  it('that cannot be written says what to do', () => {
    const gone = join(directory, 'gone');
    expect(() => lockDirectory(gone, 'VIRTDECK_DATA')).toThrow(StartError);
    expect(() => lockDirectory(gone, 'VIRTDECK_DATA')).toThrow(`Nothing can be written to ${gone}`);
  });
});

describe('options', () => {
  it('have defaults', () => {
    expect(readOptions([], {}, ROOT)).toMatchObject({
      host: '127.0.0.1',
      port: 7890,
      development: false,
      warmMonitors: 1,
      logLevel: 'info',
      origins: [],
    });
  });

  it('are read from command line and environment', () => {
    const env = {
      VIRTDECK_WARM_MONITORS: '0',
      VIRTDECK_ORIGIN: 'https://a.example/x, http://b',
      VIRTDECK_PROXY: '127.0.0.1, 10.0.0.0/8',
      VIRTDECK_BASE_PATH: '/hosts/one/',
    };
    expect(readOptions(['--host', '::1', '--port', '0', '--dev'], env, ROOT)).toMatchObject({
      host: '::1',
      port: 0,
      development: true,
      warmMonitors: 0,
      origins: ['https://a.example', 'http://b'],
      proxies: [
        { address: '127.0.0.1', prefix: 32 },
        { address: '10.0.0.0', prefix: 8 },
      ],
      basePath: '/hosts/one',
    });
  });

  it('say what is wrong with them', () => {
    expect(() => readOptions(['--port', 'many'], {}, ROOT)).toThrow('--port is "many".');
    expect(() => readOptions(['--colour'], {}, ROOT)).toThrow(/--colour/);
    expect(() => readOptions([], { VIRTDECK_WARM_MONITORS: '3' }, ROOT)).toThrow(/WARM/);
    expect(() => readOptions([], { VIRTDECK_LOG: 'loud' }, ROOT)).toThrow(/VIRTDECK_LOG/);
    expect(() => readOptions([], { VIRTDECK_ORIGIN: 'here' }, ROOT)).toThrow(/VIRTDECK_ORIGIN/);
    expect(() => readOptions([], { VIRTDECK_PROXY: 'here' }, ROOT)).toThrow(/VIRTDECK_PROXY/);
    for (const path of ['vms', '//', '/a b', '/../x', '/a//b', 'https://x/']) {
      const env = { VIRTDECK_BASE_PATH: path };
      expect(() => readOptions([], env, ROOT)).toThrow(/VIRTDECK_BASE_PATH/);
    }
  });
});
