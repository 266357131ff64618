import type { Disk } from '@/server/api/disks';
import { MAX_MACHINE_DISKS } from '@/server/api/limits';
import { answer, type Handlers, NOTHING } from './contract';
import { conflict, invalid, nameTaken, notFound, notPossibleNow, Refusal } from './refusal';
import { checkRevision, isNameOf } from './shelf';
import { beginTask } from './tasks';
import type { World } from './world';

export function diskHandlers(world: World) {
  const save = (disk: Disk, parts: Partial<Disk>) =>
    answer(200, world.disks.change(disk.id, { ...parts, revision: disk.revision + 1 }));

  return {
    listDisks: ({ query: { vmId } }) => {
      const items = world.disks.all.filter((disk) => vmId === undefined || disk.vmId === vmId);
      return answer(200, { items, nextCursor: null });
    },

    createDisk: ({ body }) => {
      const { name, readOnly } = body;
      const sizeBytes = sizeOf(world, body);
      if (world.disks.all.some(isNameOf(name))) throw nameTaken('disk', name);
      const id = world.newId('disk');
      const taskId = world.newId('task');
      const isSlow = body.from === 'image' || body.allocation === 'full';
      const disk = world.disks.put({
        ...{ id, name, sizeBytes, readOnly },
        allocatedBytes: 0,
        state: isSlow ? 'waiting' : 'ready',
        imageId: body.from === 'image' ? body.imageId : null,
        vmId: null,
        position: null,
        problem: null,
        revision: isSlow ? 1 : 2,
        createdAt: world.now(),
        taskId: isSlow ? taskId : null,
      });
      if (!isSlow) return answer(201, disk);
      const task = beginTask(
        world,
        {
          kind: body.from === 'image' ? 'disk.copy' : 'disk.allocate',
          resource: { kind: 'disk', id, name },
          onDone: () => world.disks.change(id, { state: 'ready', revision: 2 }),
          onCancelled: () => world.disks.remove(id),
        },
        taskId,
      );
      return answer(202, task);
    },

    getDisk: ({ id }) => answer(200, world.disks.get(id)),

    changeDisk: ({ id, body: { name, readOnly }, expected }) => {
      const disk = world.disks.get(id);
      checkRevision(disk, expected);
      if (readOnly !== undefined && readOnly !== disk.readOnly) checkStopped(world, disk.vmId);
      const others = world.disks.all.filter((other) => other.id !== id);
      if (name !== undefined && others.some(isNameOf(name))) throw nameTaken('disk', name);
      return save(disk, { name: name ?? disk.name, readOnly: readOnly ?? disk.readOnly });
    },

    deleteDisk: ({ id }) => {
      const disk = world.disks.get(id);
      if (disk.vmId !== null) throw attached(world, disk);
      if (disk.state === 'waiting') {
        throw notPossibleNow(
          'disk-busy',
          `The disk "${disk.name}" is still being made.`,
          'Wait for its task, or cancel that.',
        );
      }
      world.disks.remove(id);
      return NOTHING;
    },

    attachDisk: ({ id, body: { vmId, position }, expected }) => {
      const disk = world.disks.get(id);
      checkRevision(disk, expected);
      if (world.vms.find(vmId) === undefined) throw notFound('such machine');
      checkStopped(world, vmId);
      if (disk.vmId !== null) throw attached(world, disk);
      checkReady(disk);
      return save(disk, { vmId, position: choosePlace(world, vmId, position) });
    },

    detachDisk: ({ id, expected }) => {
      const disk = world.disks.get(id);
      checkRevision(disk, expected);
      if (disk.vmId === null) {
        throw notPossibleNow(
          'disk-not-attached',
          `The disk "${disk.name}" is attached to no machine.`,
          'There is nothing to detach.',
        );
      }
      checkStopped(world, disk.vmId);
      return save(disk, { vmId: null, position: null });
    },

    growDisk: ({ id, body: { sizeBytes }, expected }) => {
      const disk = world.disks.get(id);
      checkRevision(disk, expected);
      checkReady(disk);
      if (sizeBytes < disk.sizeBytes) {
        const message = `The disk has ${disk.sizeBytes} bytes; a disk never shrinks.`;
        throw invalid([{ path: 'sizeBytes', message }]);
      }
      return sizeBytes === disk.sizeBytes ? answer(200, disk) : save(disk, { sizeBytes });
    },
  } satisfies Partial<Handlers>;
}

type NewDisk = Parameters<Handlers['createDisk']>[0]['body'];

function sizeOf({ images }: World, body: NewDisk): number {
  if (body.from === 'empty') return body.sizeBytes;
  const image = images.find(body.imageId);
  if (image === undefined) {
    throw conflict(
      'image-missing',
      'The image is gone',
      'There is no image of that id any more.',
      'Choose another image.',
    );
  }
  if (image.kind !== 'disk') {
    throw new Refusal({
      status: 422,
      code: 'image-wrong-kind',
      title: 'The image cannot be used for this',
      detail: `The image "${image.name}" is a ${image.kind}, not a disk.`,
      hint: 'Choose an image of the kind disk.',
    });
  }
  const sizeBytes = body.sizeBytes ?? image.sizeBytes;
  if (sizeBytes < image.sizeBytes) {
    const message = `The image has ${image.sizeBytes} bytes; a copy cannot have less.`;
    throw invalid([{ path: 'sizeBytes', message }]);
  }
  return sizeBytes;
}

function checkStopped({ vms }: World, vmId: string | null): void {
  const machine = vmId === null ? undefined : vms.find(vmId);
  if (machine === undefined || machine.state === 'stopped' || machine.state === 'crashed') return;
  throw notPossibleNow(
    'machine-not-stopped',
    `The machine "${machine.name}" is ${machine.state}; its disks can be changed only while it is stopped.`,
    'Stop the machine first.',
  );
}

function checkReady({ name, state }: Disk): void {
  if (state === 'ready') return;
  throw conflict(
    'disk-not-ready',
    'The disk cannot be used',
    `The disk "${name}" is ${state}.`,
    state === 'waiting'
      ? 'Wait until its task is done.'
      : 'Look at the disk for why. Detach it, and delete it if it cannot be repaired.',
  );
}

function attached({ vms }: World, { name, vmId }: Disk): Refusal {
  return conflict(
    'disk-attached',
    'The disk is in use',
    `The disk "${name}" is attached to the machine "${vms.find(vmId ?? '')?.name ?? vmId}".`,
    'Stop that machine and detach the disk first.',
  );
}

function choosePlace({ disks }: World, vmId: string, wanted: number | undefined): number {
  const own = disks.all.filter((disk) => disk.vmId === vmId);
  if (own.length >= MAX_MACHINE_DISKS) {
    throw conflict(
      'too-many-disks',
      'Too many disks',
      `A machine has ${MAX_MACHINE_DISKS} disks at most.`,
      'Detach one of them first.',
    );
  }
  const places = Array.from({ length: MAX_MACHINE_DISKS }, (_, place) => place);
  const at = (place: number) => own.find(({ position }) => position === place);
  const there = wanted === undefined ? undefined : at(wanted);
  if (there !== undefined) {
    throw conflict(
      'position-taken',
      'The place is taken',
      `The disk "${there.name}" is at place ${wanted} of this machine.`,
      'Choose another place, or leave it out to take the first free one.',
    );
  }
  return wanted ?? places.find((place) => at(place) === undefined) ?? 0;
}
