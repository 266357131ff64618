import { Prisma, type Vm as VmRow } from '../../prisma/generated/client';
import { problemSchema } from '../api/problem';
import { type VmConfig, vmConfigSchema } from '../api/vm-config';
import { crashSchema, tagsSchema, type Vm, vmStateSchema } from '../api/vms';
import type { Database } from '../database/opened-database';
import { isUniqueViolation } from '../database/unique-violation';

/** What the user asked for, which a machine may not have reached. */
export type DesiredState = 'running' | 'stopped';

export interface StoredVm {
  readonly vm: Vm;
  readonly desired: DesiredState;
  /** What it was started with; undefined when it does not run. */
  readonly runsWith?: VmConfig | undefined;
}

/** Another machine has the name. */
export class NameTaken extends Error {}

export class VmStore {
  constructor(private readonly database: Database) {}

  /** Oldest first. */
  async list(): Promise<StoredVm[]> {
    const rows = await this.database.vm.findMany({
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    return rows.map(fromRow);
  }

  /** @throws NameTaken */
  async insert(stored: StoredVm): Promise<void> {
    const { vm } = stored;
    const { id, createdAt } = vm;
    await unlessTaken(
      this.database.vm.create({
        data: { id, createdAt: new Date(createdAt), ...chosen(vm), ...lived(stored) },
      }),
    );
  }

  /** Writes what people have changed. @throws NameTaken */
  async saveChoice(vm: Vm): Promise<void> {
    await unlessTaken(this.database.vm.updateMany({ where: { id: vm.id }, data: chosen(vm) }));
  }

  /** Writes what changes in a machine's life. A machine that was deleted meanwhile stays so. */
  async save(stored: StoredVm): Promise<void> {
    await this.database.vm.updateMany({ where: { id: stored.vm.id }, data: lived(stored) });
  }

  async delete(id: string): Promise<void> {
    await this.database.vm.deleteMany({ where: { id } });
  }
}

async function unlessTaken(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (isUniqueViolation(error)) throw new NameTaken();
    throw error;
  }
}

function chosen({ name, notes, tags, config, revision }: Vm) {
  return { name, notes, tags, config, revision };
}

function lived({ vm, desired, runsWith }: StoredVm) {
  return {
    desired,
    state: vm.state,
    stateSince: new Date(vm.stateSince),
    crash: vm.crash ?? Prisma.DbNull,
    problem: vm.problem ?? Prisma.DbNull,
    runsWith: runsWith ?? Prisma.DbNull,
  };
}

function fromRow(row: VmRow): StoredVm {
  return {
    desired: row.desired === 'running' ? 'running' : 'stopped',
    runsWith: vmConfigSchema.nullable().parse(row.runsWith) ?? undefined,
    vm: {
      id: row.id,
      name: row.name,
      notes: row.notes,
      tags: tagsSchema.parse(row.tags),
      config: vmConfigSchema.parse(row.config),
      revision: row.revision,
      state: vmStateSchema.parse(row.state),
      stateSince: row.stateSince.toISOString(),
      pendingChange: false,
      crash: crashSchema.nullable().parse(row.crash),
      waitingFor: null,
      restartAt: null,
      shutdownIgnoredAt: null,
      silentSince: null,
      problem: problemSchema.nullable().parse(row.problem),
      createdAt: row.createdAt.toISOString(),
    },
  };
}
