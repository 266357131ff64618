import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConsoleEvent } from '../../api/events';
import { settingsSchema } from '../../api/settings';
import { type VmConfigInput, vmConfigSchema } from '../../api/vm-config';
import type { Vm, VmState } from '../../api/vms';
import { composeStorage, type Storage } from '../../compose-storage';
import type { Database } from '../../database/opened-database';
import { openTestDatabase } from '../../database/testing/test-database';
import type { FakeConsole } from '../../host/testing/fake-console';
import { silentLog } from '../../log/log';
import { EventBus } from '../../streams/event-bus';

type Machine = Pick<Vm, 'name' | 'state' | 'config'>;

/** Tasks, images, uploads and disks over a database and a directory of their own. */
export class TestStorage {
  readonly machines = new Map<string, Machine>();
  /** Machines and disks of theirs that were told to have grown. */
  readonly resized: string[] = [];
  readonly events: ConsoleEvent[] = [];
  readonly settings = settingsSchema.parse({});
  resizeError: Error | undefined;
  private opened: Storage | undefined;

  /** Of machines that run. */
  readonly consoles = new Map<string, FakeConsole>();
  /** From where they were opened. */
  readonly openedAt: (number | 'end')[] = [];

  private constructor(
    readonly database: Database,
    readonly directory: string,
    private readonly closeDatabase: () => Promise<void>,
  ) {}

  static async open(): Promise<TestStorage> {
    const { database, close } = await openTestDatabase();
    const directory = await mkdtemp(join(tmpdir(), 'virtdeck-storage-'));
    const test = new TestStorage(database, directory, close);
    await test.start();
    return test;
  }

  get storage(): Storage {
    if (this.opened === undefined) throw new Error('the console does not run');
    return this.opened;
  }

  /** A console begins with what is there. @param before called when all is open, but no task runs */
  async start(before: () => Promise<void> = async () => {}): Promise<void> {
    const events = new EventBus(1);
    events.listen(({ event }) => this.events.push(event));
    this.opened = composeStorage({
      database: this.database,
      directory: this.directory,
      imageBuilder: {
        find: async () => undefined,
        build: () => Promise.reject(new Error('there is nothing to build')),
      },
      agent: {
        resized: async (vmId, diskId) => {
          if (this.resizeError !== undefined) throw this.resizeError;
          this.resized.push(`${vmId} ${diskId}`);
        },
        isLive: (vmId) => this.consoles.has(vmId),
        openConsole: async (vmId, from) => {
          const console = this.consoles.get(vmId);
          if (console === undefined) throw new Error('the machine has no console');
          this.openedAt.push(from);
          return console;
        },
      },
      machines: () => ({
        list: () => [...this.machines.values()],
        find: (id) => this.machines.get(id),
      }),
      settings: { get: () => this.settings },
      events,
      log: silentLog,
      allowLoopbackImport: true,
    });
    await this.opened.open();
    await before();
    this.opened.tasks.begin();
  }

  async stop(): Promise<void> {
    await this.opened?.close();
    this.opened = undefined;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async addMachine(
    id: string,
    state: VmState = 'stopped',
    config: VmConfigInput = {},
  ): Promise<void> {
    const now = new Date();
    const row = { id, name: id, tags: [], desired: 'stopped', state };
    await this.database.vm.create({
      data: { ...row, config: vmConfigSchema.parse(config), stateSince: now, createdAt: now },
    });
    this.machines.set(id, { name: id, state, config: vmConfigSchema.parse(config) });
  }

  setState(id: string, state: VmState): void {
    const machine = this.machines.get(id);
    if (machine === undefined) throw new Error(`there is no machine ${id}`);
    this.machines.set(id, { ...machine, state });
  }

  async close(): Promise<void> {
    await this.stop();
    await this.closeDatabase();
    await rm(this.directory, { recursive: true, force: true });
  }
}
