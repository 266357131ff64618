import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@libsql/client';
import type { Task } from '../../server/api/tasks';
import type { Vm } from '../../server/api/vms';
import type { TestConsole } from '../support/console';
import type { Ledger } from './day';

const SETTLE_MS = 15_000;
const POLL_MS = 50;
const LIVE = new Set(['running', 'paused', 'stopping']);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

interface Named {
  readonly id: string;
  readonly name: string;
  readonly state: string;
}

/** Looks at a console that was killed and started again, while nobody asks it anything. */
export async function inspect(console: TestConsole, ledger: Ledger): Promise<string[]> {
  const faults = [...(await databaseFaults(console)), ...(await untilTasksEnd(console))];
  const vms = await list<Vm>(console, '/vms');
  return [...faults, ...machineFaults(vms, ledger), ...monitorFaults(console, vms)].concat(
    await fileFaults(console, vms),
    await userFaults(console, ledger),
  );
}

async function databaseFaults({ directory }: TestConsole): Promise<string[]> {
  const url = `file:${path.join(directory, 'data/virtdeck.db')}`;
  const client = createClient({ url });
  try {
    const integrity = await client.execute('PRAGMA integrity_check');
    const keys = await client.execute('PRAGMA foreign_key_check');
    return [
      ...integrity.rows.map((row) => String(row[0])).filter((text) => text !== 'ok'),
      ...keys.rows.map((row) => `foreign key: ${JSON.stringify(row)}`),
    ];
  } finally {
    client.close();
  }
}

/** Every task has an end, or comes to it. */
async function untilTasksEnd(console: TestConsole): Promise<string[]> {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    const open = await list<Task>(console, '/tasks?state=queued,running');
    const starting = (await list<Vm>(console, '/vms')).filter(({ state }) => state === 'starting');
    if (open.length + starting.length === 0) return [];
    if (Date.now() > deadline) {
      return [
        ...open.map(({ kind, state }) => `the task ${kind} is ${state} and does not end`),
        ...starting.map(({ name }) => `${name} starts and does not come to an end`),
      ];
    }
    await sleep(POLL_MS);
  }
}

function machineFaults(vms: readonly Vm[], { machines, unsure }: Ledger): string[] {
  const names = vms.map(({ name }) => name);
  return [
    ...[...machines].filter((name) => !names.includes(name)).map((name) => `${name} is lost`),
    ...names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${name} is doubled`),
    ...names
      .filter((name) => !machines.has(name) && !unsure.has(name))
      .map((name) => `${name} came back`),
    ...vms
      .filter(({ state }) => state === 'crashed')
      .map(({ name }) => `${name} is said to have crashed`),
  ];
}

function monitorFaults(console: TestConsole, vms: readonly Vm[]): string[] {
  const known = console.monitors();
  const running = monitorPids(path.join(console.directory, 'run'));
  const faults: string[] = [];
  for (const { id, name, state } of vms) {
    const pid = known.get(id);
    const isThere = pid !== undefined && running.has(pid);
    if (LIVE.has(state) !== isThere)
      faults.push(`${name} is ${state}, its monitor ${pid ?? 'none'}`);
  }
  const ids = new Set(vms.map(({ id }) => id));
  for (const [id, pid] of known) {
    if (!ids.has(id) && running.has(pid)) faults.push(`a monitor (${pid}) of no machine`);
  }
  // One that waits for a machine is no orphan; the console it waits for is the one that runs.
  const idle = [...running].filter((pid) => ![...known.values()].includes(pid));
  if (idle.length > 2) faults.push(`${idle.length} monitors wait`);
  return faults;
}

/** Processes whose command line names a run directory below `run`. */
function monitorPids(run: string): ReadonlySet<number> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Set(
    pids.filter((pid) => commandOf(pid).includes(`${run}/`) && isProcess(pid)).map(Number),
  );
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** A zombie has no program any more. */
function isProcess(pid: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== '';
  } catch {
    return false;
  }
}

async function fileFaults(console: TestConsole, vms: readonly Vm[]): Promise<string[]> {
  const data = path.join(console.directory, 'data');
  const kinds: [directory: string, suffix: string, rows: readonly Named[]][] = [
    ['images', '', (await list<Named>(console, '/images')).filter(({ id }) => UUID.test(id))],
    ['disks', '.raw', await list<Named>(console, '/disks')],
    ['uploads', '', await list<Named>(console, '/uploads')],
  ];
  const faults: string[] = [];
  for (const [directory, suffix, rows] of kinds) {
    const ids = new Set(rows.map(({ id }) => id));
    for (const name of namesIn(path.join(data, directory))) {
      if (!ids.has(UUID.exec(name)?.[0] ?? '')) faults.push(`${directory}/${name} is of nothing`);
    }
    for (const { id, name, state } of rows) {
      const isThere = existsSync(path.join(data, directory, id + suffix));
      if (state === 'ready' && !isThere) faults.push(`the file of ${name} is not there`);
    }
  }
  const machines = new Set(vms.map(({ id }) => id));
  for (const name of namesIn(path.join(data, 'machines'))) {
    if (!machines.has(name)) faults.push(`machines/${name} is of no machine`);
  }
  return faults;
}

async function userFaults(console: TestConsole, { users }: Ledger): Promise<string[]> {
  const names = (await list<Named>(console, '/users')).map(({ name }) => name);
  return [...users]
    .filter((name) => !names.includes(name))
    .map((name) => `the user ${name} is lost`);
}

function namesIn(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

/** All pages. */
async function list<T>(console: TestConsole, route: string): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const joint = route.includes('?') ? '&' : '?';
    const page: string = cursor === null ? route : `${route}${joint}cursor=${cursor}`;
    const { status, body } = await console.request('GET', page);
    if (status !== 200) throw new Error(`${page}: ${status} ${JSON.stringify(body)}`);
    const { items, nextCursor } = body as { items: T[]; nextCursor: string | null };
    all.push(...items);
    cursor = nextCursor ?? null;
  } while (cursor !== null);
  return all;
}
