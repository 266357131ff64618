import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Disk } from '../../server/api/disks';
import type { Recording } from '../../server/api/recordings';
import type { Task } from '../../server/api/tasks';
import type { Upload } from '../../server/api/uploads';
import type { VmConfigInput } from '../../server/api/vm-config';
import type { Vm } from '../../server/api/vms';
import type { Random } from '../fuzz/random';
import { guest } from '../guests/assemble';
import type { Ledger } from './ledger';
import type { PersistentClient } from './persistent-client';

const CHUNK_BYTES = 16 * 1024;
const DISK_IMAGE_BYTES = 128 * 1024;
const WAIT_MS = 60_000;
const POLL_MS = 20;

interface Page<T> {
  readonly items: readonly T[];
}

/** A scripted day: machines, an image, disks, settings and a user, from making to deletion. */
export class Day {
  private number = 0;
  private settingsMade = 0;

  constructor(
    private readonly client: PersistentClient,
    private readonly ledger: Ledger,
    private readonly random: Random,
    /** So that several days do not share names, nor values of settings. */
    private readonly title: string,
    private readonly parity: number,
  ) {}

  /** One round; whatever it makes, it deletes, but for the user. */
  async round(): Promise<void> {
    this.number += 1;
    const name = `${this.title}-${this.number}`;
    const kernelId = await this.upload(`${name}-kernel`, 'kernel', readFileSync(guest('halt')));
    const content = Buffer.from(this.random.bytes(DISK_IMAGE_BYTES));
    const imageId = await this.upload(`${name}-image`, 'disk', content);
    const memory = { bytes: 32 * 1024 * 1024 };
    const vm = await this.createVm(name, { boot: { from: 'kernel', kernelId }, memory });
    const disk = await this.createDisk(`${name}-disk`, imageId, content);
    await this.attach(disk, vm);
    await this.settings();
    await this.user(`${name}-user`);
    await this.start(vm);
    const recording = this.random.oneIn(2) ? await this.record(vm) : undefined;
    if (this.random.oneIn(2)) {
      await this.act(vm.id, 'pause', 'paused');
      await this.act(vm.id, 'resume', 'running');
    }
    const clone = await this.createVm(`${name}-clone`, vm.config);
    await this.note(vm, `round ${this.number}`);
    this.ledger.running.delete(name);
    await this.act(vm.id, 'stop', 'stopped');
    await this.detach(disk);
    await this.delete(`/disks/${disk.id}`, disk.name);
    await this.deleteVm(vm);
    await this.deleteVm(clone);
    if (recording !== undefined) await this.delete(`/recordings/${recording}`, '');
    await this.delete(`/images/${kernelId}`, `${name}-kernel`);
    await this.delete(`/images/${imageId}`, `${name}-image`);
  }

  private async upload(name: string, kind: string, content: Buffer): Promise<string> {
    const sizeBytes = content.length;
    const made = await this.expect<Upload>('POST', '/uploads', { name, kind, sizeBytes });
    const { id } = made;
    for (let promised = 0; ; ) {
      const { body, status } = await this.client.ask<Upload>('GET', `/uploads/${id}`);
      if (status !== 200) throw new Error(`the upload ${name} is lost: ${status}`);
      const at = body.receivedBytes;
      if (at < promised) throw new Error(`the upload ${name} had ${promised} and has ${at} bytes`);
      if (at === sizeBytes) break;
      const chunk = content.subarray(at, at + CHUNK_BYTES);
      // A chunk that arrived although its answer was lost is refused; the offset tells.
      const put = await this.client.ask('PUT', `/uploads/${id}?offset=${at}`, undefined, chunk);
      promised = put.status === 200 ? at + chunk.length : at;
      this.ledger.steps += 1;
    }
    await this.expect('POST', `/uploads/${id}/complete`, undefined, [
      'not-found',
      'upload-complete',
    ]);
    await this.until(`the image ${name}`, async () => {
      const { body, status } = await this.client.ask<{ state: string }>('GET', `/images/${id}`);
      if (status === 404) return this.completeAgain(id);
      if (body.state === 'failed')
        throw new Error(`the image ${name} failed: ${JSON.stringify(body)}`);
      return body.state === 'ready';
    });
    this.ledger.contents.set(name, content);
    return id;
  }

  private async completeAgain(id: string): Promise<boolean> {
    await this.client.ask('POST', `/uploads/${id}/complete`);
    return false;
  }

  private async createVm(name: string, config: VmConfigInput): Promise<Vm> {
    this.ledger.unsure.add(name);
    const { status, body, repeated } = await this.client.ask<Vm>('POST', '/vms', { name, config });
    // It was made, but the console died before it could remember its answer.
    const isThere = status === 409 && repeated;
    if (status !== 201 && !isThere) throw new Error(`create: ${status} ${JSON.stringify(body)}`);
    const vm = isThere ? await this.find<Vm>('/vms', name) : body;
    this.ledger.machines.add(name);
    this.ledger.unsure.delete(name);
    this.ledger.steps += 1;
    return vm;
  }

  private async deleteVm({ id, name }: Vm): Promise<void> {
    const { unsure, machines, notes } = this.ledger;
    unsure.add(name);
    machines.delete(name);
    notes.delete(name);
    await this.delete(`/vms/${id}`, name);
    unsure.delete(name);
  }

  private async createDisk(name: string, imageId: string, content: Buffer): Promise<Disk> {
    const order = { from: 'image', name, imageId };
    const { status, body, repeated } = await this.client.ask<Task>('POST', '/disks', order);
    if (status !== 202 && !(status === 409 && repeated)) {
      throw new Error(`disk: ${status} ${JSON.stringify(body)}`);
    }
    this.ledger.steps += 1;
    let disk = await this.find<Disk>('/disks', name);
    await this.until(`the disk ${name}`, async () => {
      disk = (await this.client.ask<Disk>('GET', `/disks/${disk.id}`)).body;
      if (disk.state !== 'failed') return disk.state === 'ready';
      // A copy that the console's death cut off is begun again by a person.
      if (disk.problem?.code !== 'interrupted') throw new Error(JSON.stringify(disk));
      await this.delete(`/disks/${disk.id}`, name);
      await this.client.ask('POST', '/disks', order);
      disk = await this.find<Disk>('/disks', name);
      return false;
    });
    this.ledger.contents.set(name, content);
    return disk;
  }

  private async attach(disk: Disk, vm: Vm): Promise<void> {
    await this.expect('POST', `/disks/${disk.id}/attach`, { vmId: vm.id }, ['disk-attached']);
    this.ledger.attached.set(disk.name, vm.name);
  }

  private async detach(disk: Disk): Promise<void> {
    this.ledger.attached.delete(disk.name);
    await this.expect('POST', `/disks/${disk.id}/detach`, undefined, ['disk-not-attached']);
  }

  private async settings(): Promise<void> {
    const { setting } = this.ledger;
    const { body } = await this.client.ask<{ settings: { retention: object } }>('GET', '/settings');
    // Never the same twice, so that a write that was lost shows.
    const taskDays = 1 + (this.settingsMade++ % 1000) * 2 + this.parity;
    setting.ask(taskDays);
    const retention = { ...body.settings.retention, taskDays };
    await this.expect('PUT', '/settings', { ...body.settings, retention });
    setting.answer(taskDays);
  }

  private async user(name: string): Promise<void> {
    const user = { name, role: 'viewer', password: 'a password that is long' };
    const { status, body, repeated } = await this.client.ask('POST', '/users', user);
    if (status !== 201 && !(status === 409 && repeated)) {
      throw new Error(`user: ${status} ${JSON.stringify(body)}`);
    }
    this.ledger.users.add(name);
  }

  private async start({ id, name }: Vm): Promise<void> {
    // A start that the console's death cut off is taken back; then it is asked for again.
    await this.until('a start', async () => {
      const { body } = await this.client.ask<Vm>('GET', `/vms/${id}`);
      if (body.state === 'stopped') await this.client.ask('POST', `/vms/${id}/start`);
      return body.state === 'running';
    });
    this.ledger.running.add(name);
  }

  /** @returns the id of a recording, which may have ended already with the console */
  private async record({ id }: Vm): Promise<string> {
    const recordings = `/vms/${id}/recordings`;
    const asked = await this.client.ask<Recording>('POST', recordings, { from: 'start' });
    const isThere = asked.status === 409 && asked.repeated;
    if (asked.status !== 201 && !isThere) {
      throw new Error(`record: ${asked.status} ${JSON.stringify(asked.body)}`);
    }
    if (asked.status === 201) return asked.body.id;
    const all = await this.client.ask<Page<Recording>>('GET', `/recordings?vmId=${id}`);
    return all.body.items[0]?.id ?? '';
  }

  private async note({ id, name }: Vm, notes: string): Promise<void> {
    await this.expect('PATCH', `/vms/${id}`, { notes });
    this.ledger.notes.set(name, notes);
  }

  private async act(id: string, action: string, state: Vm['state']): Promise<void> {
    await this.expect('POST', `/vms/${id}/${action}`, undefined, ['wrong-state']);
    await this.until(`${action} of a machine`, async () => {
      const { body } = await this.client.ask<Vm>('GET', `/vms/${id}`);
      return body.state === state;
    });
  }

  private async delete(path: string, name: string): Promise<void> {
    this.ledger.contents.delete(name);
    await this.expect('DELETE', path, undefined, ['not-found']);
  }

  private async find<T extends { readonly name: string }>(path: string, name: string): Promise<T> {
    const { body } = await this.client.ask<Page<T>>('GET', path);
    const found = body.items.find((item) => item.name === name);
    if (found === undefined) throw new Error(`${name} is lost`);
    return found;
  }

  /** @param alreadyDone codes that say so, when the answer to an earlier try was lost */
  private async expect<T>(
    method: string,
    path: string,
    body?: unknown,
    alreadyDone: readonly string[] = [],
  ): Promise<T> {
    const answer = await this.client.ask<T & { code?: string }>(method, path, body);
    this.ledger.steps += 1;
    const isDone = answer.repeated && alreadyDone.includes(answer.body.code ?? '');
    if (answer.status >= 400 && !isDone) {
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }

  private async until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + WAIT_MS;
    while (!(await isTrue())) {
      if (Date.now() > deadline) throw new Error(`${what}: not within ${WAIT_MS} ms`);
      await sleep(POLL_MS);
    }
  }
}
