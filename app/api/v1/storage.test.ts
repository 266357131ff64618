import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diskListSchema, diskSchema } from '@/server/api/disks';
import { imageListSchema, storedImageSchema } from '@/server/api/images';
import { problemSchema } from '@/server/api/problem';
import { type Task, taskLogPageSchema, taskPageSchema, taskSchema } from '@/server/api/tasks';
import { uploadListSchema, uploadSchema } from '@/server/api/uploads';
import { vmSchema } from '@/server/api/vms';
import { provideServices } from '@/server/registry';
import { eventually } from '@/server/testing/eventually';
import { openTestConsole, type TestConsole } from '@/server/testing/test-console';
import * as attach from './disks/[id]/attach/route';
import * as detach from './disks/[id]/detach/route';
import * as grow from './disks/[id]/grow/route';
import * as disk from './disks/[id]/route';
import * as disks from './disks/route';
import * as firstRun from './first-run/route';
import * as image from './images/[id]/route';
import * as build from './images/default/build/route';
import * as images from './images/route';
import * as cancel from './tasks/[id]/cancel/route';
import * as taskLog from './tasks/[id]/log/route';
import * as task from './tasks/[id]/route';
import * as tasks from './tasks/route';
import * as complete from './uploads/[id]/complete/route';
import * as upload from './uploads/[id]/route';
import * as uploads from './uploads/route';
import * as startVm from './vms/[id]/start/route';
import * as stopVm from './vms/[id]/stop/route';
import * as vms from './vms/route';

type Route = typeof disks;

const MIB = 1024 * 1024;
const CONTENT = randomBytes(MIB);
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

let test: TestConsole;
let cookie = '';

beforeAll(async () => {
  test = await openTestConsole();
  provideServices(test.services);
  const token = await test.services.firstRun.issueToken();
  const body = { token, name: 'admin', password: 'correct horse battery' };
  const answer = await ask(firstRun, { method: 'POST', body });
  cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
});

afterAll(() => test.close());

interface Ask {
  readonly method?: keyof Route;
  readonly body?: object;
  readonly bytes?: Uint8Array;
  readonly headers?: Record<string, string>;
  readonly id?: string;
  readonly query?: string;
}

function ask(route: Route, { method = 'GET', body, bytes, headers, id, query = '' }: Ask = {}) {
  const type = bytes === undefined ? 'application/json' : 'application/octet-stream';
  const content = bytes ?? (body === undefined ? undefined : JSON.stringify(body));
  const request = new Request(`http://console.test/api/v1/x${query}`, {
    method,
    headers: {
      host: 'console.test',
      cookie,
      ...(content === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
    ...(content === undefined ? {} : { body: content as BodyInit }),
  });
  return route[method](request, { params: Promise.resolve(id === undefined ? undefined : { id }) });
}

async function problem(response: Promise<Response>) {
  const answer = await response;
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  return problemSchema.parse(await answer.json());
}

async function untilSucceeded(id: string): Promise<Task> {
  return await eventually(async () => {
    const found = taskSchema.parse(await (await ask(task, { id })).json());
    expect(found.state).toBe('succeeded');
    return found;
  });
}

describe('an image, from an upload to a disk of a machine', () => {
  let imageId = '';
  let diskId = '';

  it('is uploaded in chunks, which say where to go on', async () => {
    const body = { name: 'debian', kind: 'disk', sizeBytes: CONTENT.length, sha256: SHA256 };
    const created = await ask(uploads, { method: 'POST', body });
    expect(created.status).toBe(201);
    const { id } = uploadSchema.parse(await created.json());
    expect(created.headers.get('location')).toBe(`/api/v1/uploads/${id}`);
    const put = (offset: number, bytes: Uint8Array) =>
      ask(upload, { method: 'PUT', id, bytes, query: `?offset=${offset}` });
    const first = await put(0, CONTENT.subarray(0, 1000));
    expect(first.status).toBe(200);
    expect(first.headers.get('upload-offset')).toBe('1000');
    const wrong = await put(0, CONTENT);
    expect(wrong.headers.get('upload-offset')).toBe('1000');
    expect((await problem(Promise.resolve(wrong))).code).toBe('wrong-offset');
    const now = await ask(upload, { id });
    expect(now.headers.get('upload-offset')).toBe('1000');
    expect(now.headers.get('upload-length')).toBe(String(CONTENT.length));
    const early = await problem(ask(complete, { method: 'POST', id }));
    expect(early.code).toBe('upload-incomplete');
    await put(1000, CONTENT.subarray(1000));
    const list = uploadListSchema.parse(await (await ask(uploads)).json());
    expect(list.items).toMatchObject([{ id, receivedBytes: CONTENT.length }]);
    imageId = id;
  });

  it('refuses a chunk without its place, or as something else than bytes', async () => {
    const id = imageId;
    for (const query of [
      '',
      '?offset=-1',
      '?offset=1e3',
      '?offset=',
      `?offset=${'9'.repeat(20)}`,
    ]) {
      expect(
        (await problem(ask(upload, { method: 'PUT', id, bytes: CONTENT, query }))).status,
      ).toBe(422);
    }
    const json = ask(upload, { method: 'PUT', id, body: {}, query: '?offset=0' });
    expect(await problem(json)).toMatchObject({ status: 415, code: 'not-bytes' });
  });

  it('becomes an image by a task that can be followed', async () => {
    const accepted = await ask(complete, { method: 'POST', id: imageId });
    expect(accepted.status).toBe(202);
    const begun = taskSchema.parse(await accepted.json());
    expect(accepted.headers.get('location')).toBe(`/api/v1/tasks/${begun.id}`);
    const done = await untilSucceeded(begun.id);
    expect(done).toMatchObject({ kind: 'image.upload', user: { name: 'admin' } });
    const log = taskLogPageSchema.parse(await (await ask(taskLog, { id: begun.id })).json());
    expect(log.items[0]?.text).toContain(SHA256);
    const page = taskPageSchema.parse(
      await (await ask(tasks, { query: `?resourceId=${imageId}&state=succeeded` })).json(),
    );
    expect(page.items.map(({ id }) => id)).toEqual([begun.id]);
    const late = await problem(ask(cancel, { method: 'POST', id: begun.id }));
    expect(late.code).toBe('task-ended');
  });

  it('is listed behind the default image, renamed and described', async () => {
    const list = imageListSchema.parse(await (await ask(images)).json());
    expect(list.items.map(({ id }) => id)).toEqual(['default', imageId]);
    const body = { name: 'Debian 13', notes: 'genericcloud' };
    const changed = await ask(image, { method: 'PATCH', id: imageId, body });
    expect(storedImageSchema.parse(await changed.json())).toMatchObject(body);
    const headers = { 'if-match': '"something else"' };
    const late = ask(image, { method: 'PATCH', id: imageId, body, headers });
    expect((await problem(late)).code).toBe('changed-meanwhile');
    const etag = { 'if-match': changed.headers.get('etag') ?? '' };
    const again = await ask(image, { method: 'PATCH', id: imageId, body, headers: etag });
    expect(again.status).toBe(200);
    expect((await ask(image, { id: 'default' })).status).toBe(200);
    const nothing = ask(image, { method: 'PATCH', id: imageId, body: {} });
    expect((await problem(nothing)).status).toBe(422);
  });

  it('is copied to a disk, which grows, and goes to a machine', async () => {
    const input = { from: 'image', name: 'root', imageId };
    const accepted = await ask(disks, { method: 'POST', body: input });
    expect(accepted.status).toBe(202);
    const begun = taskSchema.parse(await accepted.json());
    diskId = begun.resource.id;
    await untilSucceeded(begun.id);
    const found = await ask(disk, { id: diskId });
    const etag = found.headers.get('etag') ?? '';
    const { revision } = diskSchema.parse(await found.json());
    expect(etag).toBe(`"${revision}"`);
    const headers = { 'if-match': etag };
    const ask8 = () =>
      ask(grow, { method: 'POST', id: diskId, body: { sizeBytes: 8 * MIB }, headers });
    expect((await ask8()).status).toBe(200);
    expect(await problem(ask8())).toMatchObject({ status: 412, code: 'changed-meanwhile' });

    const made = await ask(vms, { method: 'POST', body: { name: 'web' } });
    const { id: vmId } = vmSchema.parse(await made.json());
    const attached = await ask(attach, { method: 'POST', id: diskId, body: { vmId } });
    expect(diskSchema.parse(await attached.json())).toMatchObject({ vmId, position: 0 });
    const of = diskListSchema.parse(await (await ask(disks, { query: `?vmId=${vmId}` })).json());
    expect(of.items.map(({ id }) => id)).toEqual([diskId]);
    expect((await problem(ask(disk, { method: 'DELETE', id: diskId }))).code).toBe('disk-attached');

    await ask(startVm, { method: 'POST', id: vmId });
    await eventually(() => expect(test.agent.running.get(vmId)?.disks).toHaveLength(1));
    expect(test.agent.running.get(vmId)?.disks[0]).toMatchObject({ id: diskId, readOnly: false });
    expect((await problem(ask(detach, { method: 'POST', id: diskId }))).code).toBe(
      'machine-not-stopped',
    );
    await ask(stopVm, { method: 'POST', id: vmId });
    expect((await ask(detach, { method: 'POST', id: diskId })).status).toBe(200);
  });

  it('and all of it is deleted', async () => {
    expect((await ask(disk, { method: 'DELETE', id: diskId })).status).toBe(204);
    expect((await ask(image, { method: 'DELETE', id: imageId })).status).toBe(204);
    expect((await problem(ask(disk, { id: diskId }))).status).toBe(404);
    expect((await problem(ask(image, { id: imageId }))).status).toBe(404);
  });
});

describe('an empty disk', () => {
  it('is made at once', async () => {
    const body = { from: 'empty', name: 'data', sizeBytes: 16 * MIB };
    const created = await ask(disks, { method: 'POST', body });
    expect(created.status).toBe(201);
    const { id } = diskSchema.parse(await created.json());
    expect(created.headers.get('location')).toBe(`/api/v1/disks/${id}`);
    const renamed = await ask(disk, { method: 'PATCH', id, body: { name: 'logs' } });
    expect(diskSchema.parse(await renamed.json()).name).toBe('logs');
  });
});

describe('what is asked for in a wrong way', () => {
  it.each([
    [disks, { from: 'nowhere', name: 'a' }],
    [disks, { from: 'empty', name: '../etc/passwd\u0000', sizeBytes: MIB }],
    [images, { name: 'a', kind: 'disk', url: 'file:///etc/passwd', sha256: SHA256 }],
    [images, { name: 'a', kind: 'disk', url: 'http://example.org/' }],
    [uploads, { name: 'a', kind: 'floppy', sizeBytes: 1 }],
    [uploads, { name: 'a', kind: 'disk', sizeBytes: 0 }],
  ])('is answered with what is wrong', async (route, body) => {
    const answer = await problem(ask(route as Route, { method: 'POST', body }));
    expect(answer.status).toBe(422);
    expect(answer.errors?.length).toBeGreaterThan(0);
  });

  it('of a list of tasks, too', async () => {
    for (const query of ['?limit=0', '?state=lost', '?cursor=x', '?unknown=1']) {
      expect((await problem(ask(tasks, { query }))).status).toBe(422);
    }
  });

  it('for what is not there is not found', async () => {
    for (const route of [task, taskLog, image, disk, upload]) {
      expect((await problem(ask(route, { id: '../../etc/passwd' }))).status).toBe(404);
    }
    for (const route of [cancel, complete, detach]) {
      expect((await problem(ask(route, { method: 'POST', id: 'x' }))).status).toBe(404);
    }
  });
});

describe('the default image', () => {
  it('is there, and is not built again', async () => {
    expect((await ask(build, { method: 'POST' })).status).toBe(202);
    const page = taskPageSchema.parse(
      await (await ask(tasks, { query: '?kind=image.build' })).json(),
    );
    expect(page.items).toEqual([]);
    expect((await problem(ask(image, { method: 'DELETE', id: 'default' }))).status).toBe(404);
  });
});
