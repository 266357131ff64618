import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Debian keeps each release's programs in a directory of its own. */
const RELEASES = '/usr/lib/postgresql';
const READY_MS = 30_000;
/** PostgreSQL does not run as root; Debian's package makes this user. */
const USER = 'postgres';

/** A PostgreSQL server of Debian's package for tests, on a free port of the loopback interface. */
export class PostgresqlServer {
  private constructor(
    /** Of a database to make others from. */
    readonly url: string,
    private readonly directory: string,
    private readonly launch: () => ChildProcess,
    private server = launch(),
  ) {}

  static async start(): Promise<PostgresqlServer> {
    const bin = programs();
    const directory = mkdtempSync(join(tmpdir(), 'virtdeck-postgresql-'));
    const data = join(directory, 'data');
    const owner = unprivileged();
    if (owner !== undefined) chownSync(directory, owner.uid, owner.gid);
    execFileSync(
      join(bin, 'initdb'),
      ['--pgdata', data, '--auth=trust', '--username=virtdeck', '--encoding=UTF8', '--no-sync'],
      { stdio: 'pipe', cwd: directory, ...owner },
    );
    const port = await freePort();
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: directory,
      fsync: 'off',
      max_connections: '200',
    };
    const words = [
      ...['-D', data, '-p', String(port)],
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ];
    const launch = (): ChildProcess =>
      spawn(join(bin, 'postgres'), words, { stdio: 'ignore', cwd: directory, ...owner });
    const url = `postgresql://virtdeck@127.0.0.1:${port}/postgres`;
    const started = new PostgresqlServer(url, directory, launch);
    try {
      await started.untilReady();
    } catch (error) {
      await started.stop();
      throw error;
    }
    return started;
  }

  /** At once: nothing of it is worth saving. */
  async stop(): Promise<void> {
    await this.halt('SIGQUIT');
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Ends the server and keeps what it holds. By default as an administrator stops it. */
  async halt(signal: 'SIGQUIT' | 'SIGINT' = 'SIGINT'): Promise<void> {
    if (this.server.exitCode !== null || this.server.signalCode !== null) return;
    const gone = new Promise((resolve) => this.server.once('exit', resolve));
    this.server.kill(signal);
    await gone;
  }

  /** Starts it again, on the same port, after it was halted. */
  async resume(): Promise<void> {
    this.server = this.launch();
    await this.untilReady();
  }

  private async untilReady(): Promise<void> {
    const deadline = Date.now() + READY_MS;
    for (;;) {
      const client = new pg.Client({ connectionString: this.url });
      client.on('error', () => {});
      try {
        await client.connect();
        await client.end();
        return;
      } catch (error) {
        if (this.server.exitCode !== null || Date.now() > deadline) throw error;
        await sleep(50);
      }
    }
  }
}

/** @throws Error naming the package */
function programs(): string {
  const releases = existsSync(RELEASES) ? readdirSync(RELEASES) : [];
  const newest = releases.sort((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined) throw new Error('PostgreSQL is missing: apt-get install postgresql');
  return join(RELEASES, newest, 'bin');
}

function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${USER}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) throw new Error(`there is no user ${USER}`);
  return { uid: Number(uid), gid: Number(gid) };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no port'));
        else resolve(address.port);
      });
    });
  });
}
