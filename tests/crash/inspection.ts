import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@libsql/client';
import type { Disk } from '../../server/api/disks';
import type { Task } from '../../server/api/tasks';
import type { Vm } from '../../server/api/vms';
import type { TestConsole } from '../support/console';
import { fileFaults, leftovers, type Rows, type Stored } from './files';
import type { Ledger } from './ledger';
import { monitorFaults, taps } from './processes';

const SETTLE_MS = 15_000;
const POLL_MS = 50;

/** Looks at a console that was killed and started again, while nobody asks it anything. */
export class Inspector {
  private readonly tapsBefore = taps();

  constructor(
    private readonly console: TestConsole,
    private readonly ledger: Ledger,
  ) {}

  /** @returns what is wrong */
  async inspect(): Promise<string[]> {
    const { console, ledger } = this;
    const faults = [...(await this.databaseFaults()), ...(await this.untilTasksEnd())];
    const rows = await this.rows();
    const vms = rows.machines as readonly Vm[];
    return [
      ...faults,
      ...this.machineFaults(vms),
      ...this.diskFaults(vms, rows.disks as readonly Disk[]),
      ...monitorFaults(console, vms),
      ...fileFaults(console, rows, ledger),
      ...(await this.userFaults()),
      ...(await this.settingFaults()),
      ...[...taps()].filter((tap) => !this.tapsBefore.has(tap)).map((tap) => `${tap} is left`),
    ];
  }

  /** Deletes what nobody knows they have made, and looks whether then there is nothing any more. */
  async clearUp(): Promise<string[]> {
    const rows = await this.rows();
    // The answer that named them was lost, and they were made once more under another id.
    for (const { id } of rows.uploads) await this.console.request('DELETE', `/uploads/${id}`);
    for (const { id } of rows.recordings) await this.console.request('DELETE', `/recordings/${id}`);
    const names = [...rows.machines, ...rows.disks, ...rows.images].map(({ name }) => name);
    return [...names.map((name) => `${name} is left`), ...leftovers(this.console)];
  }

  private async rows(): Promise<Rows> {
    const [images, disks, uploads, recordings, machines] = await Promise.all(
      ['/images', '/disks', '/uploads', '/recordings', '/vms'].map((route) =>
        this.list<Stored>(route),
      ),
    );
    return {
      images: (images ?? []).filter(({ id }) => id !== 'default'),
      disks: disks ?? [],
      uploads: uploads ?? [],
      recordings: recordings ?? [],
      machines: machines ?? [],
    };
  }

  private async databaseFaults(): Promise<string[]> {
    const url = `file:${path.join(this.console.directory, 'data/virtdeck.db')}`;
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
  private async untilTasksEnd(): Promise<string[]> {
    const deadline = Date.now() + SETTLE_MS;
    for (;;) {
      const open = await this.list<Task>('/tasks?state=queued,running');
      const starting = (await this.list<Vm>('/vms')).filter(({ state }) => state === 'starting');
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

  private machineFaults(vms: readonly Vm[]): string[] {
    const { machines, unsure, running, notes } = this.ledger;
    const names = vms.map(({ name }) => name);
    const faults = [
      ...[...machines].filter((name) => !names.includes(name)).map((name) => `${name} is lost`),
      ...names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${name} is doubled`),
      ...names
        .filter((name) => !machines.has(name) && !unsure.has(name))
        .map((name) => `${name} came back`),
    ];
    for (const { name, state, notes: has } of vms) {
      if (state === 'crashed') faults.push(`${name} is said to have crashed`);
      if (running.has(name) && state !== 'running' && state !== 'paused') {
        faults.push(`${name} ran and is ${state}`);
      }
      const promised = notes.get(name);
      if (promised !== undefined && promised !== has) faults.push(`${name} has lost its notes`);
    }
    return faults;
  }

  private diskFaults(vms: readonly Vm[], disks: readonly Disk[]): string[] {
    const faults: string[] = [];
    for (const [name, machine] of this.ledger.attached) {
      const vmId = disks.find((disk) => disk.name === name)?.vmId;
      const attachedTo = vms.find(({ id }) => id === vmId)?.name ?? 'none';
      if (attachedTo !== machine) faults.push(`${name} is attached to ${attachedTo}`);
    }
    return faults;
  }

  private async userFaults(): Promise<string[]> {
    const names = (await this.list<Stored>('/users')).map(({ name }) => name);
    return [...this.ledger.users]
      .filter((name) => !names.includes(name))
      .map((name) => `the user ${name} is lost`);
  }

  private async settingFaults(): Promise<string[]> {
    const { body } = await this.console.request('GET', '/settings');
    const { settings } = body as { settings: { retention: { taskDays: number } } };
    const { taskDays } = settings.retention;
    return this.ledger.setting.see(taskDays) ? [] : [`a setting went back to ${taskDays}`];
  }

  /** All pages. */
  private async list<T>(route: string): Promise<T[]> {
    const all: T[] = [];
    let cursor: string | null = null;
    do {
      const joint = route.includes('?') ? '&' : '?';
      const page: string = cursor === null ? route : `${route}${joint}cursor=${cursor}`;
      const { status, body } = await this.console.request('GET', page);
      if (status !== 200) throw new Error(`${page}: ${status} ${JSON.stringify(body)}`);
      const { items, nextCursor } = body as { items: T[]; nextCursor: string | null };
      all.push(...items);
      cursor = nextCursor ?? null;
    } while (cursor !== null);
    return all;
  }
}
