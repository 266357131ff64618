import type { StoredImage } from '@/server/api/images';
import { answer, type Handlers, NOTHING } from './contract';
import { conflict, nameTaken, notPossibleNow } from './refusal';
import { isNameOf } from './shelf';
import { beginTask } from './tasks';
import { READY_IMAGE, type World } from './world';

type Origin = Pick<StoredImage, 'id' | 'name' | 'kind' | 'source' | 'sourceUrl'> & {
  readonly taskKind: string;
  readonly bytes: number;
  readonly onReady?: () => void;
};

/** Its row now, its content by a task. @throws Refusal 409 when the name is taken */
export function addImage(world: World, { taskKind, bytes, onReady, ...origin }: Origin) {
  const { id, name } = origin;
  if (world.images.all.some(isNameOf(name))) throw nameTaken('image', name);
  const taskId = world.newId('task');
  world.images.put({
    ...origin,
    state: 'waiting',
    format: '',
    fileBytes: 0,
    sizeBytes: 0,
    sha256: null,
    notes: '',
    problem: null,
    createdAt: world.now(),
    taskId,
  });
  return beginTask(
    world,
    {
      kind: taskKind,
      resource: { kind: 'image', id, name },
      onDone: () => {
        const facts = { format: 'raw', fileBytes: bytes, sizeBytes: bytes, sha256: 'b'.repeat(64) };
        world.images.change(id, { state: 'ready', ...facts });
        onReady?.();
      },
      onCancelled: () => world.images.remove(id),
    },
    taskId,
  );
}

export function imageHandlers(world: World) {
  return {
    listImages: () => answer(200, { items: [world.image, ...world.images.all], nextCursor: null }),

    importImage: ({ body: { name, kind, url } }) =>
      answer(
        202,
        addImage(world, {
          ...{ id: world.newId('image'), name, kind, source: 'url', sourceUrl: url },
          ...{ taskKind: 'image.import', bytes: 4096 },
        }),
      ),

    getImage: ({ id }) => answer(200, id === 'default' ? world.image : world.images.get(id)),

    changeImage: ({ id, body: { name, notes } }) => {
      const image = world.images.get(id);
      const others = world.images.all.filter((other) => other.id !== id);
      if (name !== undefined && others.some(isNameOf(name))) throw nameTaken('image', name);
      return answer(
        200,
        world.images.change(id, { name: name ?? image.name, notes: notes ?? image.notes }),
      );
    },

    deleteImage: ({ id }) => {
      const { name, state } = world.images.get(id);
      if (state === 'waiting') {
        throw notPossibleNow(
          'image-busy',
          `"${name}" is still being made.`,
          'Wait for its task, or cancel that.',
        );
      }
      const users = world.vms.all
        .filter(({ config: { boot } }) => boot.from === 'kernel' && boot.kernelId === id)
        .map((vm) => `the machine "${vm.name}"`);
      if (users.length > 0) {
        throw conflict(
          'image-in-use',
          'The image is in use',
          `"${name}" is used by ${users.join(', ')}.`,
          'Give those machines another image, or wait until the disks are copied.',
        );
      }
      world.images.remove(id);
      return NOTHING;
    },

    buildDefaultImage: () => {
      if (world.image.status.state === 'ready') return answer(202, world.image);
      world.image = {
        ...world.image,
        status: { state: 'building', step: 'Beginning', detail: null, fraction: 0 },
      };
      const { id, name } = world.image;
      beginTask(world, {
        kind: 'image.build',
        resource: { kind: 'image', id, name },
        onDone: () => {
          world.image = READY_IMAGE;
        },
      });
      return answer(202, world.image);
    },
  } satisfies Partial<Handlers>;
}
