import { readFile } from 'node:fs/promises';
import { ApiClient } from '../../server/api/client';
import type { Task } from '../../server/api/tasks';
import { createdTokenSchema, type Scope } from '../../server/api/tokens';
import { sleep, type TestConsole } from './console';

/** A client of a running console, with a token of its administrator. */
export async function apiOf(
  console: TestConsole,
  scopes: readonly Scope[] = ['admin'],
): Promise<ApiClient> {
  const { status, body } = await console.request('POST', '/tokens', { name: 'test', scopes });
  if (status !== 201) throw new Error(`a token: ${status} ${JSON.stringify(body)}`);
  return new ApiClient(console.address, createdTokenSchema.parse(body).token);
}

/** @returns the id of the image that is made of a file */
export async function uploadImage(
  api: ApiClient,
  kind: 'kernel' | 'disk',
  name: string,
  path: string,
): Promise<string> {
  const bytes = await readFile(path);
  const { id } = await api.call('createUpload', { body: { name, kind, sizeBytes: bytes.length } });
  await api.call('sendChunk', { id, query: { offset: '0' }, body: bytes });
  await untilDone(api, (await api.call('completeUpload', { id })).id);
  return id;
}

/** @throws Error when the task ends otherwise */
export async function untilDone(api: ApiClient, id: string, timeoutMs = 60_000): Promise<Task> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const task = await api.call('getTask', { id });
    if (task.state === 'succeeded') return task;
    if (task.endedAt !== null || Date.now() > deadline) {
      throw new Error(`the task ${task.kind} is ${task.state}: ${JSON.stringify(task.problem)}`);
    }
    await sleep(20);
  }
}
