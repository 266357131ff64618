import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, ApiError } from '../../server/api/client';
import { createdTokenSchema } from '../../server/api/tokens';
import type { Vm } from '../../server/api/vms';
import { guest } from '../guests/assemble';
import { apiOf, untilDone, uploadImage } from '../support/api';
import { TestConsole } from '../support/console';
import { DATABASES, TestDatabases } from '../support/databases';
import { EventReader } from '../support/event-reader';
import { describeWithKvm } from '../support/kvm';

const MIB = 1024 * 1024;
const ROOT = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

async function problemOf(promise: Promise<unknown>): Promise<ApiError['problem']> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ApiError) return error.problem;
    throw error;
  }
  throw new Error('was not refused');
}

/** A running console over HTTP, with real machines; every answer is checked by its schema. */
describeWithKvm('the API of a running console', () => {
  describe.each(DATABASES)('on %s', (kind) => {
    let databases: TestDatabases;
    let environment: Readonly<Record<string, string>>;
    let console: TestConsole;
    let api: ApiClient;
    let kernelId: string;
    let vm: Vm;

    beforeAll(async () => {
      databases = await TestDatabases.start(kind);
      environment = await databases.environment();
      console = await TestConsole.start(environment);
      api = await apiOf(console);
    });
    afterAll(async () => {
      await console?.remove();
      await databases?.stop();
    });

    const untilState = (id: string, state: Vm['state']) => console.untilState(id, state);

    it('keeps its state where it was told to', () => {
      const file = path.join(console.directory, 'data/virtdeck.db');
      expect(existsSync(file)).toBe(kind === 'SQLite');
    });

    it('takes an upload in chunks, goes on after a break, and makes an image of it', async () => {
      const bytes = readFileSync(guest('halt'));
      const order = { name: 'halt', kind: 'kernel', sizeBytes: bytes.length } as const;
      const { id } = await api.call('createUpload', { body: order });
      const half = bytes.length >> 1;
      const first = { id, query: { offset: '0' }, body: bytes.subarray(0, half) };
      expect(await api.call('sendChunk', first)).toMatchObject({ receivedBytes: half });
      const wrong = { ...first, query: { offset: '1' } };
      expect((await problemOf(api.call('sendChunk', wrong))).status).toBe(409);
      await console.kill();
      await console.launch();
      api = await apiOf(console);
      const { receivedBytes } = await api.call('getUpload', { id });
      expect(receivedBytes).toBe(half);
      const rest = { id, query: { offset: String(half) }, body: bytes.subarray(half) };
      await api.call('sendChunk', rest);
      const task = await untilDone(api, (await api.call('completeUpload', { id })).id);
      expect(task).toMatchObject({ state: 'succeeded', resource: { kind: 'image', id } });
      kernelId = id;
      const { items } = await api.call('listImages', {});
      expect(items.map(({ id: of }) => of)).toContain(kernelId);
    });

    it('makes a machine once, however often the request is repeated', async () => {
      const body = { name: 'web', config: { boot: { from: 'kernel', kernelId } } };
      const headers = { 'idempotency-key': 'once' };
      const ask = () => console.request('POST', '/vms', body, headers);
      const together = await Promise.all([ask(), ask(), ask()]);
      // Who comes while the first is being answered is told to wait.
      for (const { status } of together) expect([201, 409]).toContain(status);
      const first = together.find(({ status }) => status === 201);
      const second = await ask();
      expect(second.status).toBe(201);
      expect(second.headers.get('idempotency-replayed')).toBe('true');
      expect(second.body).toEqual(first?.body);
      const other = await console.request('POST', '/vms', { ...body, name: 'other' }, headers);
      expect(other.status).toBe(422);
      const { items } = await api.call('listVms', {});
      expect(items.map(({ name }) => name)).toEqual(['web']);
      vm = items[0] as Vm;
    });

    it('changes it for who knows what is there, and tells others that somebody was faster', async () => {
      const { headers } = await console.request('GET', `/vms/${vm.id}`);
      const etag = headers.get('etag') ?? '';
      const patch = (notes: string, ifMatch: string) =>
        console.request('PATCH', `/vms/${vm.id}`, { notes }, { 'if-match': ifMatch });
      const first = await patch('first', etag);
      expect(first).toMatchObject({ status: 200, body: { notes: 'first' } });
      expect(await patch('second', etag)).toMatchObject({ status: 412 });
      // A weak one says that what is there is alike, which is not enough to change it.
      for (const none of [`W/${etag}`, 'first', '""']) {
        expect(await patch('second', none)).toMatchObject({
          status: 400,
          body: { code: 'wrong-if-match' },
        });
      }
      expect((await api.call('getVm', { id: vm.id })).notes).toBe('first');
      const next = first.headers.get('etag') ?? '';
      expect(next).not.toBe(etag);
      expect(await patch('second', next)).toMatchObject({ status: 200 });
      // Who does not care says so, or says nothing.
      expect(await patch('third', '*')).toMatchObject({ status: 200 });
      await api.call('changeVm', { id: vm.id, body: { notes: 'fourth' } });
    });

    it('makes a disk of an image, grows it, and gives it to one machine', async () => {
      const content = path.join(console.directory, 'content.raw');
      await run('sh', ['-c', `head -c ${2 * MIB} /dev/urandom > ${content}`]);
      const imageId = await uploadImage(api, 'disk', 'content', content);
      const made = await api.call('createDisk', { body: { from: 'image', name: 'root', imageId } });
      if (!('kind' in made)) throw new Error('a copy is no task');
      await untilDone(api, made.id);
      const [disk] = (await api.call('listDisks', {})).items;
      if (disk === undefined) throw new Error('there is no disk');
      const file = path.join(console.directory, 'data/disks', `${disk.id}.raw`);
      expect(readFileSync(file).equals(readFileSync(content))).toBe(true);
      const grown = await api.call('growDisk', { id: disk.id, body: { sizeBytes: 4 * MIB } });
      expect(grown.sizeBytes).toBe(4 * MIB);
      const grow = `/disks/${disk.id}/grow`;
      const stale = await console.request(
        'POST',
        grow,
        { sizeBytes: 6 * MIB },
        { 'if-match': `"${disk.revision}"` },
      );
      expect(stale.status).toBe(412);
      expect((await console.request('POST', grow, { sizeBytes: 2 * MIB })).status).toBe(422);
      await api.call('attachDisk', { id: disk.id, body: { vmId: vm.id } });
      const detached = await api.call('detachDisk', { id: disk.id });
      expect(detached).toMatchObject({ vmId: null, position: null });
      await api.call('attachDisk', { id: disk.id, body: { vmId: vm.id } });
      const refused = await problemOf(api.call('deleteDisk', { id: disk.id }));
      expect(refused).toMatchObject({ status: 409, code: 'disk-attached' });
      expect(refused.detail).toContain('web');
      expect(await problemOf(api.call('deleteImage', { id: kernelId }))).toMatchObject({
        status: 409,
        code: 'image-in-use',
      });
    });

    it('runs it: start, pause, resume, reset and stop, with its disk', async () => {
      const { id } = vm;
      await api.call('startVm', { id });
      await untilState(id, 'running');
      expect((await problemOf(api.call('startVm', { id }))).code).toBe('wrong-state');
      await api.call('pauseVm', { id });
      await untilState(id, 'paused');
      await api.call('resumeVm', { id });
      await untilState(id, 'running');
      await api.call('resetVm', { id });
      await expect.poll(() => console.printed(id), { timeout: 5000 }).toContain('!!');
      const [disk] = (await api.call('listDisks', { query: { vmId: id } })).items;
      if (disk === undefined) throw new Error('it has no disk');
      // While it runs: the guest is told.
      await api.call('growDisk', { id: disk.id, body: { sizeBytes: 8 * MIB } });
      expect((await problemOf(api.call('detachDisk', { id: disk.id }))).status).toBe(409);
      expect((await problemOf(api.call('deleteVm', { id }))).code).toBe('wrong-state');
      const kinds = (await api.call('listVmEvents', { id })).items.map((event) => event.kind);
      expect(kinds).toEqual(expect.arrayContaining(['created', 'running', 'paused']));
    });

    it('shows its figures as samples, as history, and to Prometheus', async () => {
      const { id } = vm;
      await expect
        .poll(async () => (await api.call('getVmMetrics', { id })).samples.length, {
          timeout: 10_000,
        })
        .toBeGreaterThan(2);
      const history = await api.call('getVmHistory', { id, query: { range: '1h' } });
      expect(history.stepSeconds).toBeGreaterThan(0);
      const { body } = await console.request('POST', '/tokens', { name: 'p', scopes: ['metrics'] });
      const { token } = createdTokenSchema.parse(body);
      const headers = { authorization: `Bearer ${token}` };
      const scraped = await fetch(`${console.address}/metrics`, { headers });
      expect(await scraped.text()).toMatch(/^virtdeck_vm_state\{.*name="web".*\} 1$/m);
      expect((await fetch(`${console.address}/metrics`)).status).toBe(401);
    });

    it('records its console', async () => {
      const { id } = await api.call('startRecording', { id: vm.id, body: { from: 'start' } });
      await expect
        .poll(async () => (await api.call('getRecording', { id })).sizeBytes)
        .toBeGreaterThan(100);
      await api.call('stopRecording', { id });
      const cast = await (await api.call('downloadRecording', { id })).text();
      const [header = '', ...events] = cast.trimEnd().split('\n');
      expect(JSON.parse(header)).toMatchObject({ version: 2, title: 'web' });
      const printed = events.map((line) => JSON.parse(line)[2]).join('');
      expect(printed).toContain('!!');
      await api.call('deleteRecording', { id });
    });

    it('tells what happens to who follows, from where the stream broke off', async () => {
      const note = (notes: string) => api.call('changeVm', { id: vm.id, body: { notes } });
      const notes = ({ events }: EventReader) =>
        events.flatMap((event) => (event.type === 'vm.changed' ? [event.vm.notes] : []));
      const until = (reader: EventReader, text: string) =>
        reader.until((event) => event.type === 'vm.changed' && event.vm.notes === text);
      const first = await EventReader.open(console);
      await note('one');
      await until(first, 'one');
      await first.close();
      await note('two');
      await note('three');
      const again = await EventReader.open(console, first.lastId);
      await until(again, 'three');
      expect(notes(again)).toEqual(['two', 'three']);
      await again.close();
      // Of a number it does not know, it says that something was missed.
      const lost = await EventReader.open(console, '17');
      await lost.until(({ type }) => type === 'missed');
      await lost.close();
    });

    it('has tasks that are listed by pages, say what they did, and can be given up', async () => {
      const large = path.join(console.directory, 'large.raw');
      await run('sh', ['-c', `head -c ${48 * MIB} /dev/urandom > ${large}`]);
      const imageId = await uploadImage(api, 'disk', 'large', large);
      const copies = [];
      for (const name of ['a', 'b', 'c', 'd']) {
        const made = await api.call('createDisk', { body: { from: 'image', name, imageId } });
        if (!('kind' in made)) throw new Error('a copy is no task');
        copies.push(made);
      }
      const waiting = copies.at(-1);
      if (waiting === undefined) throw new Error('there is no task');
      await api.call('cancelTask', { id: waiting.id });
      for (const { id } of copies.slice(0, -1)) await untilDone(api, id);
      await expect
        .poll(async () => (await api.call('getTask', { id: waiting.id })).state)
        .toBe('cancelled');
      expect(await problemOf(api.call('cancelTask', { id: waiting.id }))).toMatchObject({
        status: 409,
      });
      const { items: lines } = await api.call('getTaskLog', { id: waiting.id });
      expect(lines.map(({ text }) => text).join('\n')).toContain('Cancelled by admin');
      const { items: disks } = await api.call('listDisks', {});
      expect(disks.map(({ name }) => name)).not.toContain('d');

      const all = await api.call('listTasks', {});
      const paged: string[] = [];
      let cursor: string | undefined;
      do {
        const query = { limit: 2, ...(cursor === undefined ? {} : { cursor }) };
        const page = await api.call('listTasks', { query });
        expect(page.items.length).toBeLessThanOrEqual(2);
        paged.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(paged).toEqual(all.items.map(({ id }) => id));
      const gone = await api.call('listTasks', { query: { state: 'cancelled' } });
      expect(gone.items.map(({ id }) => id)).toEqual([waiting.id]);
      for (const { id, name } of disks) {
        if (['a', 'b', 'c'].includes(name)) await api.call('deleteDisk', { id });
      }
    });

    it('is there again after a SIGKILL, with all it knew', async () => {
      const { settings } = await api.call('getSettings', {});
      const retention = { ...settings.retention, taskDays: 7 };
      await api.call('replaceSettings', { body: { ...settings, retention } });
      const before = await api.call('listVms', {});
      const disks = await api.call('listDisks', {});
      const tasks = await api.call('listTasks', {});
      await console.kill();
      await console.launch();
      api = await apiOf(console);
      await untilState(vm.id, 'running');
      const after = await api.call('listVms', {});
      expect(after.items.map(({ id, config }) => [id, config])).toEqual(
        before.items.map(({ id, config }) => [id, config]),
      );
      expect(await api.call('listDisks', {})).toEqual(disks);
      expect(await api.call('listTasks', {})).toEqual(tasks);
      expect((await api.call('getSettings', {})).settings.retention.taskDays).toBe(7);
      await api.call('stopVm', { id: vm.id });
      await untilState(vm.id, 'stopped');
    });

    it('is backed up while it runs, and restored where it does not', async () => {
      const backup = path.join(console.directory, 'state.backup');
      const made = await console.request('POST', '/tokens', { name: 'later', scopes: ['read'] });
      const { token } = createdTokenSchema.parse(made.body);
      const command = (name: string, data: string, where = environment) =>
        run('npm', ['run', '--silent', name, '--', backup], {
          cwd: ROOT,
          env: { ...process.env, VIRTDECK_DATA: data, ...where },
        });
      const { stdout } = await command('backup', path.join(console.directory, 'data'));
      expect(stdout).toMatch(/^Wrote \d+ rows/);
      // A console that has a state of its own is not overwritten by mistake.
      const running = command('restore', path.join(console.directory, 'data'));
      await expect(running).rejects.toMatchObject({ code: 1 });
      const there = await databases.environment();
      const elsewhere = await TestConsole.fresh(there);
      try {
        await elsewhere.stop();
        const data = path.join(elsewhere.directory, 'data');
        expect((await command('restore', data, there)).stdout).toMatch(/^Restored \d+ rows/);
        await elsewhere.launch();
        // Tokens are in a backup, sessions are not.
        const restored = new ApiClient(elsewhere.address, token);
        expect((await restored.call('listVms', {})).items.map(({ name }) => name)).toEqual(['web']);
      } finally {
        await elsewhere.remove();
      }
    });

    it('deletes what nothing uses, and leaves no file', async () => {
      await api.call('deleteVm', { id: vm.id });
      for (const { id } of (await api.call('listDisks', {})).items) {
        await api.call('deleteDisk', { id });
      }
      for (const { id } of (await api.call('listImages', {})).items) {
        if (id !== 'default') await api.call('deleteImage', { id });
      }
      const { stdout } = await run('find', [path.join(console.directory, 'data'), '-type', 'f']);
      expect(stdout).not.toMatch(/\/(disks|images|uploads|machines|recordings)\//);
    });
  });
});
