import type { Output } from '@/server/api/client';
import type { StoredImageKind } from '@/server/api/images';
import type { Task } from '@/server/api/tasks';
import type { Upload } from '@/server/api/uploads';
import { bodies } from '../api/bodies';
import { request, sendBytes } from '../api/client';

export interface UploadOrder {
  readonly file: File;
  readonly name: string;
  readonly kind: StoredImageKind;
}

/**
 * Sends a file in chunks. One of the same name and size that broke off goes on where it was.
 * @param onProgress 0 to 1
 * @returns the task that makes an image of it
 * @throws ApiError; what arrived stays, and the next try goes on
 */
export async function uploadImage(
  { file, name, kind }: UploadOrder,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<Task> {
  const { items } = await request<Output<'listUploads'>>('GET', '/uploads', { signal });
  const before = items.find(
    (upload) => upload.name === name && upload.kind === kind && upload.sizeBytes === file.size,
  );
  const upload =
    before ??
    (await request<Output<'getUpload'>>('POST', '/uploads', {
      body: { name, kind, sizeBytes: file.size },
      bodySchema: bodies.upload,
      creates: true,
      signal,
    }));
  const path = `/uploads/${encodeURIComponent(upload.id)}`;
  let at = upload.receivedBytes;
  while (at < file.size) {
    onProgress(at / file.size);
    const chunk = file.slice(at, at + upload.chunkBytes);
    at = (await sendBytes<Upload>(`${path}?offset=${at}`, chunk, signal)).receivedBytes;
  }
  onProgress(1);
  return await request<Output<'getTask'>>('POST', `${path}/complete`, { signal });
}
