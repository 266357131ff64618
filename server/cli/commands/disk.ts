import type { Disk } from '../../api/disks';
import type { Argument, Command } from '../command';
import { usageError } from '../errors';
import { findNamed } from '../find';
import { textOf } from '../parse';
import { formatSize, parseSize } from '../sizes';
import { untilTaskEnds } from './task';
import { findVm } from './vm';

const DISK: Argument = { name: 'DISK', names: 'disk' };

const list: Command = {
  name: 'disk ls',
  summary: 'List disks.',
  arguments: [],
  options: {},
  run: async ({ api, output }) => {
    const answer = await api.call('listDisks', {});
    const { items: vms } = await api.call('listVms', {});
    const nameOf = (id: string | null) => vms.find((vm) => vm.id === id)?.name ?? '';
    output.table(answer, {
      columns: ['NAME', 'SIZE', 'ON DISK', 'STATE', 'MACHINE'],
      rows: answer.items.map((disk) => [
        disk.name,
        formatSize(disk.sizeBytes),
        disk.allocatedBytes === null ? '' : formatSize(disk.allocatedBytes),
        disk.state,
        nameOf(disk.vmId),
      ]),
      empty: 'There are no disks. Make one with `virtdeck disk create NAME --size 4G`.',
    });
    return undefined;
  },
};

const create: Command = {
  name: 'disk create',
  summary: 'Make a disk, empty or as a copy of an image.',
  arguments: [{ name: 'NAME', names: 'word' }],
  options: {
    size: { summary: 'Such as 4G; of a copy, the image’s when left out.', value: 'SIZE' },
    image: { summary: 'What it is a copy of.', value: 'IMAGE' },
    'read-only': { summary: 'The guest cannot write to it.' },
  },
  run: async (context, given) => {
    const { api, output } = context;
    const [name = ''] = given.words;
    const size = textOf(given, 'size');
    const image = textOf(given, 'image');
    const readOnly = given.options['read-only'] === true;
    if (image === undefined) {
      if (size === undefined) throw usageError('--size or --image is needed.', 'disk create');
      const body = { from: 'empty', name, sizeBytes: parseSize(size), readOnly } as const;
      output.answer(await api.call('createDisk', { body }), () => `${name} is made.`);
      return undefined;
    }
    const { items } = await api.call('listImages', {});
    const imageId = findNamed(items, image, 'image').id;
    const sized = size === undefined ? {} : { sizeBytes: parseSize(size) };
    const body = { from: 'image', name, imageId, readOnly, ...sized } as const;
    const made = await api.call('createDisk', { body });
    const id = 'resource' in made ? (await untilTaskEnds(context, made)).resource.id : made.id;
    output.answer(await api.call('getDisk', { id }), () => `${name} is made.`);
    return undefined;
  },
};

const grow: Command = {
  name: 'disk grow',
  summary: 'Make a disk larger; a guest that runs is told.',
  arguments: [DISK, { name: 'SIZE', names: 'size' }],
  options: {},
  run: async ({ api, output }, { words: [word = '', size = ''] }) => {
    const { items } = await api.call('listDisks', {});
    const { id, name } = findNamed(items, word, 'disk');
    const disk = await api.call('growDisk', { id, body: { sizeBytes: parseSize(size) } });
    output.answer(disk, () => `${name} has ${formatSize(disk.sizeBytes)}.`);
    return undefined;
  },
};

const attach: Command = {
  name: 'disk attach',
  summary: 'Give a disk to a machine.',
  arguments: [DISK, { name: 'MACHINE', names: 'vm' }],
  options: {},
  run: async ({ api, output }, { words: [word = '', machine = ''] }) => {
    const { items } = await api.call('listDisks', {});
    const { id, name } = findNamed(items, word, 'disk');
    const vm = await findVm(api, machine);
    const disk: Disk = await api.call('attachDisk', { id, body: { vmId: vm.id } });
    output.answer(disk, () => `${name} is attached to ${vm.name}.`);
    return undefined;
  },
};

const detach: Command = {
  name: 'disk detach',
  summary: 'Take a disk from its machine.',
  arguments: [DISK],
  options: {},
  run: async ({ api, output }, { words: [word = ''] }) => {
    const { items } = await api.call('listDisks', {});
    const { id, name } = findNamed(items, word, 'disk');
    output.answer(await api.call('detachDisk', { id }), () => `${name} is attached to nothing.`);
    return undefined;
  },
};

const remove: Command = {
  name: 'disk rm',
  summary: 'Delete disks, with all that is on them.',
  arguments: [{ ...DISK, multiple: true }],
  options: {},
  run: async ({ api, output }, { words }) => {
    const { items } = await api.call('listDisks', {});
    for (const { id, name } of words.map((word) => findNamed(items, word, 'disk'))) {
      await api.call('deleteDisk', { id });
      output.answer({ id, name }, () => `${name} is deleted.`);
    }
    return undefined;
  },
};

export const DISK_COMMANDS: readonly Command[] = [list, create, grow, attach, detach, remove];
