import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually';
import { problemOf } from '../testing/problems';
import {
  CommandFailed,
  type ConfinedCommand,
  ProgramMissing,
  runConfined,
} from './confined-command';
import { copySparse } from './copy-file';
import { KeyedLock } from './keyed-lock';
import { SpaceLedger } from './space';
import { StoredFiles } from './stored-files';

const MIB = 1024 * 1024;
const never = new AbortController().signal;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'virtdeck-storage-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const at = (name: string) => join(directory, name);

function run(program: string, args: readonly string[], more: Partial<ConfinedCommand> = {}) {
  const base = { hostile: true, limits: {}, timeoutMs: 20_000, signal: never };
  return runConfined({ program, args, ...base, ...more });
}

describe('a confined program', () => {
  it('says what it has to say, and is told apart from one that fails or is missing', async () => {
    expect(await run('echo', ['hello'])).toBe('hello\n');
    await expect(run('sh', ['-c', 'echo no >&2; exit 3'])).rejects.toMatchObject({
      outcome: 'exit code 3',
      lastWords: 'no\n',
    });
    await expect(run('no-such-program', [])).rejects.toBeInstanceOf(ProgramMissing);
  });

  it('has no network, no privileges and no environment of ours', async () => {
    process.env['VIRTDECK_TEST_SECRET'] = 'hunter2';
    const interfaces = await run('cat', ['/proc/net/dev']);
    expect(interfaces.match(/^\s*\S+:/gm)?.map((line) => line.trim())).toEqual(['lo:']);
    const status = await run('cat', ['/proc/self/status']);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(await run('env', [])).not.toContain('hunter2');
    delete process.env['VIRTDECK_TEST_SECRET'];
  });

  it.runIf(process.getuid?.() === 0)(
    'opens no file that is only for us, but those it is given',
    async () => {
      await writeFile(at('secret'), 'hunter2', { mode: 0o600 });
      await expect(run('cat', [at('secret')])).rejects.toThrow('Permission denied');
      const file = await open(at('secret'), 'r');
      expect(
        await run('cat', [], { files: [file.fd], program: 'sh', args: ['-c', 'cat <&3'] }),
      ).toBe('hunter2');
      await file.close();
    },
  );

  it('takes no more memory, time and disk than it may', async () => {
    const many = 'x=1; while :; do x=$x$x$x$x; done';
    await expect(
      run('sh', ['-c', many], { limits: { memoryBytes: 64 * MIB } }),
    ).rejects.toBeInstanceOf(CommandFailed);
    await expect(
      run('sh', ['-c', 'while :; do :; done'], { limits: { cpuSeconds: 1 } }),
    ).rejects.toMatchObject({ outcome: expect.stringMatching(/SIGXCPU|SIGKILL/) });
    await expect(run('sleep', ['60'], { timeoutMs: 100 })).rejects.toMatchObject({
      outcome: 'too much time',
    });
    await expect(run('yes', [])).rejects.toMatchObject({ outcome: 'too much output' });
    const big = ['if=/dev/zero', `of=${at('big')}`, 'bs=1M', 'count=8'];
    await expect(
      run('dd', big, { hostile: false, limits: { fileBytes: MIB } }),
    ).rejects.toBeInstanceOf(CommandFailed);
    expect((await stat(at('big'))).size).toBe(MIB);
  });

  it('ends with what it has started when it is given up', async () => {
    const abort = new AbortController();
    const running = run('sh', ['-c', `sleep 60 & echo $! ; wait`], {
      hostile: false,
      signal: abort.signal,
      onOutput: (pid) => {
        child = Number(pid);
        abort.abort(new Error('given up'));
      },
    });
    let child = 0;
    await expect(running).rejects.toThrow('given up');
    await eventually(() => expect(() => process.kill(child, 0)).toThrow('ESRCH'));
  });

  it('ends when we are killed', async () => {
    const script = `
      import { runConfined } from ${JSON.stringify(join(import.meta.dirname, 'confined-command.ts'))};
      const signal = new AbortController().signal;
      await runConfined({ program: 'sh', args: ['-c', 'echo $$; exec sleep 60'], hostile: true,
        limits: {}, timeoutMs: 60000, signal, onOutput: (pid) => process.stdout.write(pid) });`;
    await writeFile(at('main.mts'), script);
    const tsx = join(import.meta.dirname, '../../node_modules/tsx/dist/loader.mjs');
    const parent = spawn(process.execPath, ['--import', tsx, at('main.mts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve) => {
      parent.stdout.once('data', (text) => resolve(Number(text)));
    });
    expect(() => process.kill(pid, 0)).not.toThrow();
    parent.kill('SIGKILL');
    await eventually(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
  });
});

describe('a copy', () => {
  async function source(): Promise<string> {
    await writeFile(at('from'), randomBytes(2 * MIB));
    await truncate(at('from'), 200 * MIB);
    const file = await open(at('from'), 'r+');
    // Zeros that were written: they take space in the source and need none in the copy.
    await file.write(Buffer.alloc(8 * MIB), 0, 8 * MIB, 50 * MIB);
    await file.write(randomBytes(MIB), 0, MIB, 199 * MIB);
    await file.close();
    return at('from');
  }

  it('is the same, and takes space only where there is something', async () => {
    await copySparse(await source(), at('to'), { signal: never, onProgress: () => {} });
    const [from, to] = await Promise.all([readFile(at('from')), readFile(at('to'))]);
    expect(from.equals(to)).toBe(true);
    const { blocks, mode } = await stat(at('to'));
    expect(blocks * 512).toBeLessThan(5 * MIB);
    expect(mode & 0o777).toBe(0o600);
  });

  it('that is given up leaves nothing', async () => {
    const abort = new AbortController();
    const copying = copySparse(await source(), at('to'), {
      signal: abort.signal,
      onProgress: () => {},
    });
    abort.abort(new Error('given up'));
    await expect(copying).rejects.toThrow('given up');
    expect(await readdir(directory)).toEqual(['from']);
  });

  it('of what is not there fails and leaves nothing', async () => {
    const copying = copySparse(at('nothing'), at('to'), { signal: never, onProgress: () => {} });
    await expect(copying).rejects.toThrow();
    expect(await readdir(directory)).toEqual([]);
  });
});

describe('space', () => {
  const ledger = (free: number) =>
    new SpaceLedger(
      directory,
      () => 100,
      async () => free,
    );

  it('is not promised twice, also to two who ask at once', async () => {
    const space = ledger(1000);
    const results = await Promise.allSettled([space.reserve(500), space.reserve(500)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await problemOf(space.reserve(401))).toMatchObject({ status: 507, code: 'disk-full' });
    await space.reserve(400);
  });

  it('comes back when it is released or written, once', async () => {
    const space = ledger(1000);
    const first = await space.reserve(900);
    first.spend(400);
    await space.reserve(400);
    first.release();
    first.release();
    await space.reserve(500);
    await problemOf(space.reserve(1));
  });

  it('that was promised before is kept even when there is none left', async () => {
    const space = ledger(200);
    const old = space.retake(5000);
    await problemOf(space.reserve(1));
    old.release();
    await space.reserve(100);
  });

  it('that runs out ends what writes nobody knows how much', async () => {
    let free = 1000;
    const space = new SpaceLedger(
      directory,
      () => 100,
      async () => free,
    );
    const writing = space.guard(never, (signal) => {
      free = 50;
      return new Promise<void>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    });
    expect((await problemOf(writing)).code).toBe('disk-full');
  });
});

describe('a lock', () => {
  it('lets one at a time through for a key, in order, also when one fails', async () => {
    const lock = new KeyedLock();
    const seen: string[] = [];
    const work = (name: string, fails = false) =>
      lock.run('key', async () => {
        seen.push(`${name} in`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        seen.push(`${name} out`);
        if (fails) throw new Error(name);
      });
    await Promise.allSettled([work('a'), work('b', true), work('c')]);
    expect(seen).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
  });

  it('does not let one key wait for another', async () => {
    const lock = new KeyedLock();
    let finish = () => {};
    const slow = lock.run('a', () => new Promise<void>((resolve) => (finish = resolve)));
    await lock.run('b', async () => {});
    finish();
    await slow;
  });
});

describe('stored files after a crash', () => {
  const id = (digit: number) => `${digit}0000000-0000-4000-8000-000000000000`;

  it('are what their names say', async () => {
    const files = new StoredFiles(at('disks'), '.raw');
    await files.open(new Set());
    for (const path of [
      files.path(id(1)),
      files.draft(id(2)),
      files.draft(id(2), 'converted'),
      files.path(id(3)),
      files.path(id(4)),
      files.path(id(5)),
      join(files.directory, 'notes.txt'),
    ]) {
      await writeFile(path, 'x');
    }
    await files.hide(id(3));
    await files.hide(id(4));
    // 1 and 3 have rows: of 3, the deletion had not got that far.
    expect(await files.open(new Set([id(1), id(3)]))).toEqual([id(5)]);
    expect((await readdir(files.directory)).sort()).toEqual([
      `${id(1)}.raw`,
      `${id(3)}.raw`,
      `${id(5)}.raw`,
      'notes.txt',
    ]);
  });
});
