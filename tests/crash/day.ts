import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Disk } from '../../server/api/disks';
import type { Task } from '../../server/api/tasks';
import type { Upload } from '../../server/api/uploads';
import type { Vm } from '../../server/api/vms';
import type { Random } from '../fuzz/random';
import { guest } from '../guests/assemble';
import type { PersistentClient } from './persistent-client';

const CHUNK_BYTES = 16 * 1024;
const DISK_IMAGE_BYTES = 128 * 1024;
const WAIT_MS = 60_000;
const POLL_MS = 20;

/** What the console has said yes to, by which it is judged. */
export class Ledger {
  /** Names of machines whose creation was answered, and whose deletion was not asked for yet. */
  readonly machines = new Set<string>();
  /** Names of machines that are being made or deleted: they may be there or not. */
  readonly unsure = new Set<string>();
  readonly users = new Set<string>();
  steps = 0;
}

interface Page<T> {
  readonly items: readonly T[];
}

/** A scripted day: machines, an image, disks, settings and a user, from making to deletion. */
export class Day {
  private number = 0;

  constructor(
    private readonly client: PersistentClient,
    private readonly ledger: Ledger,
    private readonly random: Random,
    /** So that several days do not share names. */
    private readonly title: string,
  ) {}

  /** One round; whatever it makes, it deletes, but for the user. */
  async round(): Promise<void> {
    this.number += 1;
    const name = `${this.title}-${this.number}`;
    const kernelId = await this.upload(`${name}-kernel`, 'kernel', readFileSync(guest('halt')));
    const imageId = await this.upload(`${name}-image`, 'disk', Buffer.alloc(DISK_IMAGE_BYTES, 7));
    const vm = await this.createVm(name, kernelId);
    const disk = await this.createDisk(`${name}-disk`, imageId);
    await this.expect('POST', `/disks/${disk.id}/attach`, { vmId: vm.id }, ['disk-attached']);
    await this.settings();
    await this.user(`${name}-user`);
    await this.start(vm.id);
    if (this.random.oneIn(2)) {
      await this.act(vm.id, 'pause', 'paused');
      await this.act(vm.id, 'resume', 'running');
    }
    await this.expect('PATCH', `/vms/${vm.id}`, { notes: `round ${this.number}` });
    await this.act(vm.id, 'stop', 'stopped');
    await this.expect('POST', `/disks/${disk.id}/detach`, undefined, ['disk-not-attached']);
    await this.expect('DELETE', `/disks/${disk.id}`, undefined, ['not-found']);
    await this.deleteVm(vm);
    for (const id of [kernelId, imageId]) {
      await this.expect('DELETE', `/images/${id}`, undefined, ['not-found']);
    }
  }

  private async upload(name: string, kind: string, content: Buffer): Promise<string> {
    const sizeBytes = content.length;
    const made = await this.expect<Upload>('POST', '/uploads', { name, kind, sizeBytes });
    const { id } = made;
    for (;;) {
      const { body, status } = await this.client.ask<Upload>('GET', `/uploads/${id}`);
      if (status !== 200) throw new Error(`the upload ${name} is lost: ${status}`);
      const at = body.receivedBytes;
      if (at === sizeBytes) break;
      const chunk = content.subarray(at, at + CHUNK_BYTES);
      // A chunk that arrived although its answer was lost is refused; the offset tells.
      await this.client.ask('PUT', `/uploads/${id}?offset=${at}`, undefined, chunk);
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
    return id;
  }

  private async completeAgain(id: string): Promise<boolean> {
    await this.client.ask('POST', `/uploads/${id}/complete`);
    return false;
  }

  private async createVm(name: string, kernelId: string): Promise<Vm> {
    const memory = { bytes: 32 * 1024 * 1024 };
    const config = { boot: { from: 'kernel', kernelId }, memory };
    this.ledger.unsure.add(name);
    const { status, body, repeated } = await this.client.ask<Vm>('POST', '/vms', { name, config });
    // It was made, but the console died before it could remember its answer.
    const vm = status === 409 && repeated ? await this.find<Vm>('/vms', name) : body;
    if (status !== 201 && !repeated) throw new Error(`create: ${status} ${JSON.stringify(body)}`);
    this.ledger.machines.add(name);
    this.ledger.unsure.delete(name);
    this.ledger.steps += 1;
    return vm;
  }

  private async deleteVm({ id, name }: Vm): Promise<void> {
    this.ledger.unsure.add(name);
    this.ledger.machines.delete(name);
    await this.expect('DELETE', `/vms/${id}`, undefined, ['not-found']);
    this.ledger.unsure.delete(name);
  }

  private async createDisk(name: string, imageId: string): Promise<Disk> {
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
      await this.expect('DELETE', `/disks/${disk.id}`, undefined, ['not-found']);
      await this.client.ask('POST', '/disks', order);
      disk = await this.find<Disk>('/disks', name);
      return false;
    });
    return disk;
  }

  private async settings(): Promise<void> {
    const { body } = await this.client.ask<{ settings: { retention: object } }>('GET', '/settings');
    const retention = { ...body.settings.retention, taskDays: 1 + this.random.below(100) };
    await this.expect('PUT', '/settings', { ...body.settings, retention });
  }

  private async user(name: string): Promise<void> {
    const user = { name, role: 'viewer', password: 'a password that is long' };
    const { status, body, repeated } = await this.client.ask('POST', '/users', user);
    if (status !== 201 && !(status === 409 && repeated)) {
      throw new Error(`user: ${status} ${JSON.stringify(body)}`);
    }
    this.ledger.users.add(name);
  }

  private async start(id: string): Promise<void> {
    // A start that the console's death cut off is taken back; then it is asked for again.
    await this.until('a start', async () => {
      const { body } = await this.client.ask<Vm>('GET', `/vms/${id}`);
      if (body.state === 'stopped') await this.client.ask('POST', `/vms/${id}/start`);
      return body.state === 'running';
    });
  }

  private async act(id: string, action: string, state: Vm['state']): Promise<void> {
    await this.expect('POST', `/vms/${id}/${action}`, undefined, ['wrong-state']);
    await this.until(`${action} of a machine`, async () => {
      const { body } = await this.client.ask<Vm>('GET', `/vms/${id}`);
      return body.state === state;
    });
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
