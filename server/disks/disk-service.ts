import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { ChangeDisk, createDiskSchema, Disk } from '../api/disks';
import { MAX_MACHINE_DISKS } from '../api/limits';
import type { Task, TaskUser } from '../api/tasks';
import type { VmState } from '../api/vms';
import type { DiskSpec } from '../host/agent';
import type { HeldImage, ImageLibrary } from '../images/library/image-library';
import { type Log, messageOf } from '../log/log';
import { changedMeanwhile, notFound } from '../problems/problems';
import { KeyedLock } from '../storage/keyed-lock';
import type { SpaceLedger } from '../storage/space';
import type { StoredFiles } from '../storage/stored-files';
import type { EventBus } from '../streams/event-bus';
import type { TaskService } from '../tasks/task-service';
import type { TaskContext, TaskJob } from '../tasks/task-work';
import { DiskBook } from './disk-book';
import { copying, DiskMaker } from './disk-maker';
import {
  cannotShrink,
  diskAttached,
  diskBusy,
  diskNotAttached,
  diskNotReady,
  machineNotStopped,
  positionTaken,
  smallerThanImage,
  tooManyDisks,
} from './disk-problems';
import type { DiskChange, DiskRecord, DiskStore } from './disk-store';
import { tidyDisks } from './disk-upkeep';

const COPY = 'disk.copy';
const ALLOCATE = 'disk.allocate';

type NewDisk = z.output<typeof createDiskSchema>;

/** What disks need to know of machines. */
export interface Machines {
  /** @returns undefined when there is no such machine */
  find(id: string): { readonly name: string; readonly state: VmState } | undefined;
  /** Tells a running machine that a disk has grown. Does nothing for one that does not run. */
  resized(vmId: string, diskId: string): Promise<void>;
}

export interface DiskServiceParts {
  readonly store: DiskStore;
  readonly files: StoredFiles;
  readonly library: ImageLibrary;
  readonly space: SpaceLedger;
  readonly tasks: TaskService;
  readonly machines: Machines;
  readonly bus: EventBus;
  readonly log: Log;
}

/**
 * Disks: raw files that live longer than the machines they are attached to. What concerns a machine
 * and its disks goes one after the other, a start of the machine (`specsFor`) among it.
 */
export class DiskService {
  private readonly locks = new KeyedLock();
  private readonly book: DiskBook;
  private readonly maker: DiskMaker;
  /** Images that disks are to be copied from, by the disk's id, from the order to its end. */
  private readonly sources = new Map<string, HeldImage>();

  constructor(private readonly of: DiskServiceParts) {
    this.book = new DiskBook(of);
    this.maker = new DiskMaker(of.files, of.space, of.library);
    of.tasks.onResume(COPY, ({ resource, params }) => {
      const { imageId } = params;
      return typeof imageId === 'string' ? this.copyJob(resource.id, imageId) : undefined;
    });
    of.tasks.onResume(ALLOCATE, ({ resource }) => this.allocateJob(resource.id));
  }

  /** Clears up after a crash, and looks that the files are there. After the tasks. */
  async open(): Promise<void> {
    await tidyDisks({ ...this.of, book: this.book });
    for (const { id, name, imageId, state } of await this.of.store.list()) {
      if (state !== 'waiting' || imageId === null) continue;
      const held = await this.of.library.use(imageId, 'disk', copying(name)).catch(() => undefined);
      // Without it the copy that is begun again will say what is missing.
      if (held !== undefined) this.sources.set(id, held);
    }
  }

  /** @param vmId only those of that machine, by their places */
  async list(vmId?: string): Promise<Disk[]> {
    const { store } = this.of;
    return await this.book.shown(await (vmId === undefined ? store.list() : store.ofMachine(vmId)));
  }

  /** @throws ProblemError 404 */
  async get(id: string): Promise<Disk> {
    return await this.book.get(id);
  }

  /**
   * Makes a disk: at once when it is empty and sparse, else by a task.
   * @throws ProblemError 409 when the name is taken or the image not ready, 422, 507
   */
  async create(input: NewDisk, user: TaskUser): Promise<{ disk: Disk; task: Task | null }> {
    if (input.from === 'image') return await this.createFromImage(input, user);
    const { name, sizeBytes, readOnly, allocation } = input;
    const disk = newDisk({ name, sizeBytes, readOnly, imageId: null });
    if (allocation === 'full') {
      return await this.createByTask(disk, ALLOCATE, {}, this.allocateJob(disk.id), user);
    }
    await this.of.store.insert(disk);
    try {
      await this.maker.makeSparse(disk.id, sizeBytes);
      await this.of.store.change(disk, { state: 'ready' });
    } catch (error) {
      await this.book.remove(disk);
      throw error;
    }
    return { disk: await this.book.tell(disk.id), task: null };
  }

  /**
   * @param expected the revision that the change is made from; undefined for whatever it is
   * @throws ProblemError 404, 409 when the name is taken or its machine runs, 412
   */
  change(id: string, { name, readOnly }: ChangeDisk, expected?: number): Promise<Disk> {
    return this.withDisk(id, expected, async (disk) => {
      if (readOnly !== undefined && readOnly !== disk.readOnly) this.checkStopped(disk.vmId);
      await this.save(disk, {
        ...(name === undefined ? {} : { name }),
        ...(readOnly === undefined ? {} : { readOnly }),
      });
    });
  }

  /** @throws ProblemError 404, 409 while it is not ready, 412, 422 when it would shrink, 507 */
  async grow(id: string, sizeBytes: number, expected?: number): Promise<Disk> {
    const grown = await this.withDisk(id, expected, async (disk) => {
      if (disk.state !== 'ready') throw diskNotReady(disk.name, disk.state);
      if (sizeBytes < disk.sizeBytes) throw cannotShrink(disk.sizeBytes);
      if (sizeBytes === disk.sizeBytes) return;
      // The file first: one that is larger than its row says is taken for grown at the next start.
      await this.maker.grow(id, sizeBytes);
      await this.save(disk, { sizeBytes });
    });
    if (grown.vmId !== null) await this.tellMachine(grown.vmId, grown);
    return grown;
  }

  /**
   * Attaches it to a stopped machine.
   * @param position the first free one when left out
   * @throws ProblemError 404, 409 when it is attached, the machine runs or the place is taken, 412
   */
  async attach(id: string, vmId: string, position?: number, expected?: number): Promise<Disk> {
    return await this.locks.run(vmKey(vmId), () =>
      this.withDiskLocked(id, expected, async (disk) => {
        if (this.of.machines.find(vmId) === undefined) throw notFound('such machine');
        this.checkStopped(vmId);
        if (disk.vmId !== null) throw diskAttached(disk.name, this.machineName(disk.vmId));
        if (disk.state !== 'ready') throw diskNotReady(disk.name, disk.state);
        const place = choosePlace(await this.of.store.ofMachine(vmId), position);
        await this.save(disk, { vmId, position: place });
      }),
    );
  }

  /** @throws ProblemError 404, 409 when it is not attached or its machine is not stopped, 412 */
  detach(id: string, expected?: number): Promise<Disk> {
    return this.withDisk(id, expected, async (disk) => {
      if (disk.vmId === null) throw diskNotAttached(disk.name);
      this.checkStopped(disk.vmId);
      await this.save(disk, { vmId: null, position: 0 });
    });
  }

  /** @throws ProblemError 404, 409 while it is attached or being made */
  delete(id: string): Promise<void> {
    return this.locks.run(diskKey(id), async () => {
      const disk = await this.book.record(id);
      if (disk.vmId !== null) throw diskAttached(disk.name, this.machineName(disk.vmId));
      if (this.of.tasks.isLive(disk.taskId ?? '')) throw diskBusy(disk.name);
      await this.book.remove(disk);
    });
  }

  /**
   * What a machine that starts is given. Its state must be `starting` already: from then on its
   * disks stay what and where they are.
   * @throws ProblemError 409 when one of them cannot be used
   */
  specsFor(vmId: string): Promise<readonly DiskSpec[]> {
    return this.locks.run(vmKey(vmId), async () => {
      const disks = await this.of.store.ofMachine(vmId);
      for (const { name, state } of disks) if (state !== 'ready') throw diskNotReady(name, state);
      return disks.map(({ id, readOnly }) => ({ id, path: this.of.files.path(id), readOnly }));
    });
  }

  /** Detaches all disks of a machine that is being deleted, and is found by nobody any more. */
  releaseAll(vmId: string): Promise<void> {
    return this.locks.run(vmKey(vmId), async () => {
      for (const { id } of await this.of.store.ofMachine(vmId)) {
        await this.withDiskLocked(id, undefined, (disk) =>
          this.save(disk, { vmId: null, position: 0 }),
        );
      }
    });
  }

  private async createFromImage(
    input: Extract<NewDisk, { from: 'image' }>,
    user: TaskUser,
  ): Promise<{ disk: Disk; task: Task | null }> {
    const { name, imageId, readOnly } = input;
    const held = await this.of.library.use(imageId, 'disk', copying(name));
    try {
      const { sizeBytes: least } = held.image;
      const sizeBytes = input.sizeBytes ?? least;
      if (sizeBytes < least) throw smallerThanImage(least);
      const disk = newDisk({ name, sizeBytes, readOnly, imageId });
      this.sources.set(disk.id, held);
      const job = this.copyJob(disk.id, imageId);
      return await this.createByTask(disk, COPY, { imageId }, job, user).catch((error: unknown) => {
        this.sources.delete(disk.id);
        throw error;
      });
    } catch (error) {
      held.release();
      throw error;
    }
  }

  private async createByTask(
    disk: DiskRecord,
    kind: string,
    params: { readonly imageId?: string },
    job: TaskJob,
    user: TaskUser,
  ): Promise<{ disk: Disk; task: Task }> {
    const taskId = randomUUID();
    const { id, name } = disk;
    await this.of.store.insert({ ...disk, taskId });
    const resource = { kind: 'disk', id, name };
    const { task } = await this.of.tasks
      .run({ ...{ id: taskId, kind, resource, user, params: { ...params } }, ...job })
      .catch(async (error: unknown) => {
        await this.of.store.delete(id);
        throw error;
      });
    return { disk: await this.book.tell(id), task };
  }

  private copyJob(id: string, imageId: string): TaskJob {
    return this.job(
      id,
      (disk, context) => this.maker.copyImage(disk, imageId, this.takeSource(id), context),
      () => this.takeSource(id)?.release(),
    );
  }

  /** The caller's to release. */
  private takeSource(id: string): HeldImage | undefined {
    const held = this.sources.get(id);
    this.sources.delete(id);
    return held;
  }

  private allocateJob(id: string): TaskJob {
    return this.job(id, (disk, context) => this.maker.makeFull(disk.id, disk.sizeBytes, context));
  }

  private job(
    id: string,
    make: (disk: DiskRecord, context: TaskContext) => Promise<void>,
    onEnd: () => void = () => {},
  ): TaskJob {
    return {
      lane: 'disk',
      work: async (context) => {
        const disk = await this.book.record(id);
        // The console may have died between this and the end of the task.
        if (disk.state !== 'ready') {
          await make(disk, context);
          await this.setState(id, 'ready');
        }
        await this.book.tell(id);
        return { diskId: id };
      },
      onFailure: async (how) => {
        onEnd();
        const disk = await this.of.store.find(id);
        if (disk === undefined) return;
        if (how === 'cancelled') {
          await this.book.remove(disk);
          return;
        }
        await this.of.files.purge(id);
        await this.setState(id, 'failed');
        await this.book.tell(id);
      },
    };
  }

  /** Whatever people have changed of it meanwhile: its name, for example. */
  private setState(id: string, state: DiskRecord['state']): Promise<void> {
    return this.locks.run(diskKey(id), async () =>
      this.save(await this.book.record(id), { state }),
    );
  }

  /** Under the locks of its machine, if it has one, and its own. */
  private async withDisk(
    id: string,
    expected: number | undefined,
    work: (disk: DiskRecord) => Promise<void>,
  ): Promise<Disk> {
    const { vmId } = await this.book.record(id);
    if (vmId === null) return await this.withDiskLocked(id, expected, work, null);
    return await this.locks.run(vmKey(vmId), () => this.withDiskLocked(id, expected, work, vmId));
  }

  /** @param vmId where it must be attached still, so that the right locks are held */
  private withDiskLocked(
    id: string,
    expected: number | undefined,
    work: (disk: DiskRecord) => Promise<void>,
    vmId?: string | null,
  ): Promise<Disk> {
    return this.locks.run(diskKey(id), async () => {
      const disk = await this.book.record(id);
      const isOther = expected !== undefined && expected !== disk.revision;
      if (isOther || (vmId !== undefined && vmId !== disk.vmId)) throw changedMeanwhile();
      await work(disk);
      return await this.book.tell(id);
    });
  }

  private async save(disk: DiskRecord, change: DiskChange): Promise<void> {
    if (!(await this.of.store.change(disk, change))) throw changedMeanwhile();
  }

  private checkStopped(vmId: string | null): void {
    const machine = vmId === null ? undefined : this.of.machines.find(vmId);
    if (machine === undefined || machine.state === 'stopped' || machine.state === 'crashed') return;
    throw machineNotStopped(machine.name, machine.state);
  }

  private machineName(vmId: string): string {
    return this.of.machines.find(vmId)?.name ?? vmId;
  }

  /** The disk has grown, whatever its machine says to that. */
  private async tellMachine(vmId: string, { id, name }: Disk): Promise<void> {
    try {
      await this.of.machines.resized(vmId, id);
    } catch (error) {
      this.of.log.warn('a machine could not be told that its disk has grown', {
        machine: vmId,
        disk: id,
        cause: messageOf(error),
      });
      this.of.bus.publish({
        type: 'host.notice',
        code: 'disk-growth-unseen',
        detail: `The disk "${name}" has grown, but the machine "${this.machineName(vmId)}" could not be told.`,
        hint: 'It will see the new size when it is stopped and started.',
      });
    }
  }
}

const vmKey = (id: string) => `vm ${id}`;
const diskKey = (id: string) => `disk ${id}`;

function newDisk(
  disk: Pick<DiskRecord, 'name' | 'sizeBytes' | 'readOnly' | 'imageId'>,
): DiskRecord {
  return {
    id: randomUUID(),
    ...disk,
    state: 'waiting',
    vmId: null,
    position: null,
    revision: 1,
    createdAt: new Date().toISOString(),
    taskId: null,
  };
}

/** @throws ProblemError 409 */
function choosePlace(disks: readonly DiskRecord[], wanted: number | undefined): number {
  if (disks.length >= MAX_MACHINE_DISKS) throw tooManyDisks(MAX_MACHINE_DISKS);
  const taken = new Map(disks.map(({ position, name }) => [position, name]));
  if (wanted === undefined) {
    let place = 0;
    while (taken.has(place)) place += 1;
    return place;
  }
  const there = taken.get(wanted);
  if (there !== undefined) throw positionTaken(wanted, there);
  return wanted;
}
