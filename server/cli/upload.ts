import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ApiError } from '../api/client';
import type { StoredImageKind } from '../api/images';
import type { Task } from '../api/tasks';
import type { Upload } from '../api/uploads';
import type { Context } from './command';
import { CliError } from './errors';
import { formatSize } from './sizes';

export interface UploadOptions {
  readonly kind: StoredImageKind;
  readonly name?: string;
}

/**
 * Sends a file in chunks, and goes on with an upload of the same name and size that broke off.
 * @returns the task that makes an image of it
 * @throws CliError, ApiError
 */
export async function uploadFile(
  { api, output, signal }: Context,
  path: string,
  options: UploadOptions,
): Promise<Task> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile()) {
    throw new CliError(`${path} is no file.`, 'Give the path of a file.');
  }
  const order = { name: options.name ?? basename(path), kind: options.kind, sizeBytes: found.size };
  const upload = await begun(api, order);
  const file = await open(path, 'r');
  try {
    const chunk = Buffer.alloc(upload.chunkBytes);
    let at = upload.receivedBytes;
    while (at < found.size) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
      if (bytesRead === 0) throw new CliError(`${path} became shorter.`, 'Begin again.');
      const body = chunk.subarray(0, bytesRead);
      const query = { offset: String(at) };
      at = (await api.call('sendChunk', { id: upload.id, query, body }, signal)).receivedBytes;
      const share = Math.floor((at / found.size) * 100);
      output.progress(`${formatSize(at)} of ${formatSize(found.size)}, ${share} %`);
    }
  } finally {
    await file.close();
    output.endProgress();
  }
  return await api.call('completeUpload', { id: upload.id });
}

/** Another attempt holds the name: that one is gone on with. */
async function begun(
  api: Context['api'],
  order: { readonly name: string; readonly kind: StoredImageKind; readonly sizeBytes: number },
): Promise<Upload> {
  const { items } = await api.call('listUploads', {});
  const before = items.find(
    ({ name, kind, sizeBytes }) =>
      name === order.name && kind === order.kind && sizeBytes === order.sizeBytes,
  );
  if (before !== undefined) return before;
  try {
    return await api.call('createUpload', { body: order });
  } catch (error) {
    if (error instanceof ApiError && error.problem.code === 'name-taken') {
      throw new CliError(error.problem.detail, 'Choose another with --name.');
    }
    throw error;
  }
}
