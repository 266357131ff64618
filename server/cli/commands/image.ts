import type { AnyImage, StoredImageKind } from '../../api/images';
import type { Command } from '../command';
import { CliError } from '../errors';
import { findNamed } from '../find';
import { textOf } from '../parse';
import { formatSize } from '../sizes';
import { uploadFile } from '../upload';
import { untilTaskEnds } from './task';

const KIND = {
  kind: {
    summary: 'What it is (disk).',
    value: 'KIND',
    choices: ['disk', 'kernel', 'initrd'],
  },
} as const;
const NO_WAIT = { 'no-wait': { summary: 'Leave it to a task.' } } as const;

const list: Command = {
  name: 'image ls',
  summary: 'List images.',
  arguments: [],
  options: {},
  run: async ({ api, output }) => {
    const answer = await api.call('listImages', {});
    output.table(answer, {
      columns: ['NAME', 'KIND', 'STATE', 'SIZE', 'ID'],
      rows: answer.items.map(rowOf),
      empty: 'There are no images.',
    });
    return undefined;
  },
};

function rowOf(image: AnyImage): string[] {
  if (image.id === 'default' && 'status' in image) {
    const { status } = image;
    const size = status.state === 'ready' ? formatSize(status.sizeBytes) : '';
    return [image.name, 'kernel', status.state, size, image.id];
  }
  if (!('kind' in image)) return [];
  return [image.name, image.kind, image.state, formatSize(image.sizeBytes), image.id];
}

const upload: Command = {
  name: 'image upload',
  summary: 'Send a file as an image. One that broke off goes on where it was.',
  arguments: [{ name: 'FILE', names: 'file' }],
  options: {
    name: { summary: 'What it is called (as the file).', value: 'NAME' },
    ...KIND,
  },
  run: async (context, given) => {
    const [file = ''] = given.words;
    const name = textOf(given, 'name');
    const task = await uploadFile(context, file, {
      kind: (textOf(given, 'kind') ?? 'disk') as StoredImageKind,
      ...(name === undefined ? {} : { name }),
    });
    const done = await untilTaskEnds(context, task);
    const image = await context.api.call('getImage', { id: done.resource.id });
    context.output.answer(image, () => `${done.resource.name} is ready.`);
    return undefined;
  },
};

const fetchImage: Command = {
  name: 'image import',
  summary: 'Let the console fetch an image.',
  arguments: [{ name: 'URL', names: 'word' }],
  options: {
    name: { summary: 'What it is called.', value: 'NAME' },
    sha256: { summary: 'Of the file, hexadecimal.', value: 'SUM' },
    ...KIND,
    ...NO_WAIT,
  },
  run: async (context, given) => {
    const [url = ''] = given.words;
    const sha256 = textOf(given, 'sha256');
    if (sha256 === undefined) {
      throw new CliError('--sha256 is needed.', 'Its publisher tells it beside the file.');
    }
    const name = textOf(given, 'name') ?? url.split('/').at(-1) ?? url;
    const kind = (textOf(given, 'kind') ?? 'disk') as StoredImageKind;
    const task = await context.api.call('importImage', { body: { name, kind, url, sha256 } });
    const isLeft = given.options['no-wait'] === true;
    const shown = isLeft ? task : await untilTaskEnds(context, task);
    context.output.answer(shown, () =>
      isLeft ? `The task ${task.id} fetches it.` : `${name} is ready.`,
    );
    return undefined;
  },
};

const remove: Command = {
  name: 'image rm',
  summary: 'Delete images that nothing uses.',
  arguments: [{ name: 'NAME', names: 'image', multiple: true }],
  options: {},
  run: async ({ api, output }, { words }) => {
    const { items } = await api.call('listImages', {});
    for (const { id, name } of words.map((word) => findNamed(items, word, 'image'))) {
      await api.call('deleteImage', { id });
      output.answer({ id, name }, () => `${name} is deleted.`);
    }
    return undefined;
  },
};

export const IMAGE_COMMANDS: readonly Command[] = [list, upload, fetchImage, remove];
