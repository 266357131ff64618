import { answer, type Handlers, NOTHING } from './contract';
import { addImage } from './images';
import { conflict, Refusal } from './refusal';
import { inDays, type World } from './world';

export function uploadHandlers(world: World) {
  return {
    listUploads: () => answer(200, { items: world.uploads.all, nextCursor: null }),

    createUpload: ({ body: { name, kind, sizeBytes, sha256 = null } }) =>
      answer(
        201,
        world.uploads.put({
          ...{ id: world.newId('upload'), name, kind, sizeBytes, sha256 },
          receivedBytes: 0,
          chunkBytes: world.chunkBytes,
          createdAt: world.now(),
          expiresAt: inDays(1),
        }),
      ),

    getUpload: ({ id }) => answer(200, world.uploads.get(id)),

    sendChunk: ({ id, query: { offset }, body }) => {
      const { receivedBytes, sizeBytes } = world.uploads.get(id);
      if (offset !== receivedBytes) {
        throw conflict(
          'wrong-offset',
          'Wrong offset',
          `The chunk begins at ${offset}, but ${receivedBytes} bytes are here.`,
          `Go on at ${receivedBytes}.`,
        );
      }
      const received = receivedBytes + body.byteLength;
      if (received > sizeBytes) throw tooManyBytes(sizeBytes);
      return answer(200, world.uploads.change(id, { receivedBytes: received }));
    },

    deleteUpload: ({ id }) => {
      world.uploads.remove(id);
      return NOTHING;
    },

    completeUpload: ({ id }) => {
      const made = world.images.find(id);
      if (made?.taskId) return answer(202, world.tasks.get(made.taskId));
      const { name, kind, receivedBytes, sizeBytes } = world.uploads.get(id);
      if (receivedBytes < sizeBytes) {
        throw conflict(
          'upload-incomplete',
          'Not all is here',
          `${receivedBytes} of ${sizeBytes} bytes are here.`,
          `Go on at ${receivedBytes}.`,
        );
      }
      return answer(
        202,
        addImage(world, {
          ...{ id, name, kind, source: 'upload', sourceUrl: null },
          ...{ taskKind: 'image.upload', bytes: sizeBytes },
          onReady: () => world.uploads.remove(id),
        }),
      );
    },
  } satisfies Partial<Handlers>;
}

function tooManyBytes(size: number): Refusal {
  return new Refusal({
    status: 413,
    code: 'upload-too-long',
    title: 'More than was announced',
    detail: `The upload was announced with ${size} bytes, and more came.`,
    hint: 'Delete it and begin again with the right size.',
  });
}
