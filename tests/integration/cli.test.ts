import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createdTokenSchema } from '../../server/api/tokens';
import { guest } from '../guests/assemble';
import { apiOf, uploadImage } from '../support/api';
import { TestConsole } from '../support/console';
import { describeWithKvm } from '../support/kvm';

const VIRTDECK = path.resolve(import.meta.dirname, '../../dist/virtdeck.mjs');

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describeWithKvm('the virtdeck command', () => {
  let console: TestConsole;
  let token: string;

  beforeAll(async () => {
    console = await TestConsole.start();
    const api = await apiOf(console);
    for (const name of ['echo', 'halt']) await uploadImage(api, 'kernel', name, guest(name));
    const { body } = await console.request('POST', '/tokens', { name: 'cli', scopes: ['admin'] });
    token = createdTokenSchema.parse(body).token;
  });
  afterAll(() => console?.remove());

  /** @param input what is piped in; the pipe is closed behind it */
  function run(words: readonly string[], input = '', command = VIRTDECK): Promise<Ran> {
    return new Promise((resolve, reject) => {
      const child = spawn(command, words, {
        env: {
          ...process.env,
          XDG_CONFIG_HOME: path.join(console.directory, 'config'),
          VIRTDECK_URL: undefined,
          VIRTDECK_TOKEN: undefined,
        },
      });
      let out = '';
      let err = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, out, err }));
      child.stdin.on('error', () => {});
      child.stdin.end(input);
    });
  }
  const virtdeck = (line: string, input?: string): Promise<Ran> => run(line.split(' '), input);

  it('asks for a token before it does anything', async () => {
    expect(await virtdeck('vm ls')).toMatchObject({
      code: 1,
      err: expect.stringContaining('virtdeck login'),
    });
    const wrong = await virtdeck(`login ${console.address}`, 'vdk_guess\n');
    expect(wrong.code).toBe(1);
    const { code, out } = await virtdeck(`login ${console.address}`, `${token}\n`);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('Signed in as admin') });
    expect(out).not.toContain(token);
  });

  it('makes a machine, starts it, and shows it', async () => {
    const made = await virtdeck(
      'vm create web --kernel echo --memory 32M --tag test --start --wait',
    );
    expect(made).toEqual({ code: 0, out: 'web is running.\n', err: '' });
    expect((await virtdeck('vm ls')).out).toMatch(/^NAME +STATE.*\nweb +running +1 +32 MiB/);
    const shown = JSON.parse((await virtdeck('vm show web --json')).out);
    expect(shown).toMatchObject({ name: 'web', state: 'running', tags: ['test'] });
    expect(await virtdeck('vm create web')).toMatchObject({
      code: 1,
      err: expect.stringContaining('name'),
    });
  });

  it('types what is piped in, and prints what comes back', async () => {
    const { code, out } = await virtdeck('console web --timeout 2', 'hello');
    expect(code).toBe(0);
    expect(out).toContain('>hello');
    expect((await virtdeck('vm log web')).out).toContain('>hello');
  });

  it('attaches a terminal, until Ctrl-] is typed, and gives it back', async () => {
    // script(1) makes a terminal; what is piped into it are its keys.
    const command = `stty -a | head -1; ${VIRTDECK} console web; stty -a | grep -o ' .icanon'; echo left`;
    const ran = await new Promise<Ran>((resolve, reject) => {
      const child = spawn('script', ['-qec', command, '/dev/null'], {
        env: { ...process.env, XDG_CONFIG_HOME: path.join(console.directory, 'config') },
      });
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => {
        const before = out;
        out += chunk.toString('utf8');
        if (!before.includes('Attached') && out.includes('Attached')) {
          setTimeout(() => child.stdin.write('from a terminal'), 500);
          setTimeout(() => child.stdin.write('\x1d'), 1500);
        }
      });
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, out, err: '' }));
    });
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('Attached to web');
    expect(ran.out).toContain('from a terminal');
    expect(ran.out).toMatch(/Detached\.[\s\S]*left/);
    expect(ran.out).not.toContain('-icanon');
  });

  it('says who has control, and takes it when it is asked to', async () => {
    const other = await console.openConsole((await api()).id);
    await other.untilShown(/>/);
    const watched = await virtdeck('console web --timeout 1', 'lost');
    expect(watched.err).toContain('[admin has control; --take takes it]');
    expect(watched.out).not.toContain('lost');
    expect((await virtdeck('console web --take --timeout 1', 'taken')).out).toContain('taken');
    other.socket.terminate();
  });

  it.each(['SIGHUP', 'SIGTERM'] as const)('gives the terminal back after %s', async (signal) => {
    const pidFile = path.join(console.directory, 'pid');
    const attach = `sh -c 'echo $$ >${pidFile}; exec ${VIRTDECK} console web'`;
    const command = `${attach}; stty -a | grep -o ' -*icanon'; echo left`;
    const out = await new Promise<string>((resolve, reject) => {
      const child = spawn('script', ['-qec', command, '/dev/null'], {
        env: { ...process.env, XDG_CONFIG_HOME: path.join(console.directory, 'config') },
      });
      let heard = '';
      child.stdout.on('data', (chunk: Buffer) => {
        const isNew = !heard.includes('Attached');
        heard += chunk.toString('utf8');
        if (!isNew || !heard.includes('Attached')) return;
        // It becomes raw after it says so.
        setTimeout(() => process.kill(Number(readFileSync(pidFile, 'utf8')), signal), 500);
      });
      child.on('error', reject);
      child.on('close', () => resolve(heard));
    });
    expect(out).toMatch(/Attached to web[\s\S]* icanon[\s\S]*left/);
    expect(out).not.toContain('-icanon');
  });

  async function api(): Promise<{ readonly id: string }> {
    return JSON.parse((await virtdeck('vm show web --json')).out);
  }

  it('goes on with an upload that broke off, and makes a disk of it', async () => {
    const file = path.join(console.directory, 'disk.img');
    writeFileSync(file, Buffer.alloc(3 * 1024 * 1024, 5));
    const order = { name: 'disk.img', kind: 'disk', sizeBytes: 3 * 1024 * 1024 };
    const { body } = await console.request('POST', '/uploads', order);
    const { id } = body as { id: string };
    await console.request('PUT', `/uploads/${id}?offset=0`, Buffer.alloc(1024 * 1024, 5));
    expect(await run(['image', 'upload', file])).toMatchObject({
      code: 0,
      out: 'disk.img is ready.\n',
    });
    const { out } = await virtdeck('image ls --json');
    expect(JSON.parse(out).items.map((image: { id: string }) => image.id)).toContain(id);
    expect((await virtdeck('disk create data --image disk.img')).out).toBe('data is made.\n');
    expect((await virtdeck('disk grow data 4M')).out).toBe('data has 4 MiB.\n');
    expect((await virtdeck('vm stop web --wait')).out).toBe('web is stopped.\n');
    expect((await virtdeck('disk attach data web')).out).toBe('data is attached to web.\n');
    expect((await virtdeck('disk ls')).out).toMatch(/data +4 MiB .* web$/m);
    expect(await virtdeck('disk rm data')).toMatchObject({ code: 1 });
    expect((await virtdeck('disk detach data')).code).toBe(0);
    expect((await virtdeck('disk rm data')).out).toBe('data is deleted.\n');
    expect((await virtdeck('task ls --all')).out).toContain('disk.img');
  });

  it('does several machines at once, each for itself', async () => {
    await virtdeck('vm create one --kernel halt --memory 32M');
    const { code, out, err } = await virtdeck('vm start one web nobody');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('There is no machine "nobody".');
    expect(await virtdeck('vm start one web --wait')).toMatchObject({
      code: 0,
      out: 'one is running.\nweb is running.\n',
    });
    const again = await virtdeck('vm start one web');
    expect(again.code).toBe(1);
    expect(again.err).toMatch(/^one: .*\nweb: /);
    expect((await virtdeck('vm rm one web --force')).out).toBe(
      'one is deleted.\nweb is deleted.\n',
    );
    expect((await virtdeck('vm ls')).out).toContain('There are no machines.');
  });

  describe('when something is wrong', () => {
    it('says so, and what to do', async () => {
      expect(await virtdeck('vm start nobody')).toMatchObject({ code: 1 });
      expect(await virtdeck('vm begin web')).toMatchObject({ code: 64 });
      const nowhere = await virtdeck('vm ls --url http://127.0.0.1:9');
      expect(nowhere.code).toBe(69);
      expect(nowhere.err).toContain('npm run up');
    });

    it('knows nobody after a logout', async () => {
      await virtdeck('logout');
      expect((await virtdeck('vm ls')).code).toBe(1);
    });
  });
});
