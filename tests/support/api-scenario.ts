import { type ApiClient, ApiError } from '../../server/api/client';
import type { VmState } from '../../server/api/vms';
import { untilDone } from './api';
import { sleep } from './console';

const MiB = 1024 * 1024;
const GiB = 1024 * MiB;
const NAMELESS = { name: '' };
/** A disk whose content is of no interest. */
const FILE = new Uint8Array(2048);

/** What was asked, and what came of it. */
export type Transcript = readonly (readonly [what: string, cameOfIt: unknown])[];

/**
 * A day at a console: everything a page does with machines, disks, images, tasks, recordings and
 * settings, and what is refused. It is lived through at a real console and at the mock of component
 * tests, and both have to answer alike, word for word.
 */
export async function liveThroughADay(api: ApiClient): Promise<Transcript> {
  const transcript: [string, unknown][] = [];
  const comparable = comparator();
  const ask = async <Answer>(what: string, asked: Promise<Answer>): Promise<Answer | undefined> => {
    try {
      const answer = await asked;
      transcript.push([what, comparable(answer)]);
      return answer;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      transcript.push([what, comparable(error.problem)]);
      return undefined;
    }
  };
  const idOf = async (what: string, asked: Promise<{ readonly id: string }>) =>
    (await ask(what, asked))?.id ?? '';

  const web = { name: 'web', tags: ['shop', 'blue', 'shop'] };
  const id = await idOf('a machine', api.call('createVm', { body: web }));
  await ask('its name again', api.call('createVm', { body: { name: 'web' } }));
  await ask('no name', api.call('createVm', { body: NAMELESS }));
  const vast = { name: 'vast', config: { memory: { bytes: 1024 * 1024 * GiB } } };
  await ask('more memory than there is', api.call('createVm', { body: vast }));
  const kernel = { from: 'kernel', kernelId: 'nowhere' } as const;
  const rootless = { name: 'rootless', config: { boot: kernel } };
  await ask('a kernel that is not there', api.call('createVm', { body: rootless }));
  await ask('a change', api.call('changeVm', { id, body: { notes: 'Sells things.' } }));
  await ask('a change of nothing', api.call('changeVm', { id, body: {} }));
  await ask('a change of nobody', api.call('changeVm', { id: 'nobody', body: NAMELESS }));

  const empty = (name: string, sizeBytes: number) =>
    api.call('createDisk', { body: { from: 'empty', name, sizeBytes } });
  const disk = await idOf('a disk', empty('root', 4 * MiB) as Promise<{ id: string }>);
  await ask('its name again', empty('root', 4 * MiB));
  await ask('a disk of no size', empty('none', 0));
  await ask('attached', api.call('attachDisk', { id: disk, body: { vmId: id } }));
  await ask('attached again', api.call('attachDisk', { id: disk, body: { vmId: id } }));
  await ask('smaller', api.call('growDisk', { id: disk, body: { sizeBytes: 2 * MiB } }));
  await ask('larger', api.call('growDisk', { id: disk, body: { sizeBytes: 8 * MiB } }));
  await ask('read-only', api.call('changeDisk', { id: disk, body: { readOnly: true } }));
  const second = await idOf('another disk', empty('data', MiB) as Promise<{ id: string }>);
  const taken = { vmId: id, position: 0 };
  await ask('at a place that is taken', api.call('attachDisk', { id: second, body: taken }));
  const nowhere = { vmId: 'nobody' };
  await ask('at nobody', api.call('attachDisk', { id: second, body: nowhere }));
  await ask('detached from nobody', api.call('detachDisk', { id: second }));
  await ask('an attached disk deleted', api.call('deleteDisk', { id: disk }));
  await ask('the disks of a machine', api.call('listDisks', { query: { vmId: id } }));

  const file = { name: 'file', kind: 'disk', sizeBytes: FILE.length } as const;
  const upload = await idOf('an upload', api.call('createUpload', { body: file }).then(justId));
  const send = (offset: string, from: number, to: number) =>
    api
      .call('sendChunk', { id: upload, query: { offset }, body: FILE.subarray(from, to) })
      .then(({ receivedBytes }) => ({ receivedBytes }));
  await ask('a chunk', send('0', 0, 1024));
  await ask('a chunk at the wrong place', send('0', 0, 1024));
  await ask('a half complete', api.call('completeUpload', { id: upload }));
  await ask('the rest', send('1024', 1024, 2048));
  const made = await api.call('completeUpload', { id: upload });
  await untilDone(api, made.id);
  await ask('an image', api.call('getImage', { id: upload }));
  await ask('another name', api.call('changeImage', { id: upload, body: { name: 'base' } }));
  await ask('a task that is over', api.call('cancelTask', { id: made.id }));
  const copyOf = (body: { imageId: string; sizeBytes?: number }) =>
    api.call('createDisk', { body: { from: 'image', name: 'copy', ...body } });
  await ask('a copy of nothing', copyOf({ imageId: 'nobody' }));
  const copy = await copyOf({ imageId: upload, sizeBytes: MiB });
  if ('resource' in copy) await untilDone(api, copy.id);
  await ask('the disks', api.call('listDisks', {}));
  await ask('an image deleted', api.call('deleteImage', { id: upload }));
  await ask('it again', api.call('deleteImage', { id: upload }));
  const tasks = await api.call('listTasks', { query: { state: 'succeeded,failed' } });
  transcript.push(['the tasks', tasks.items.map(({ kind, state }) => `${kind} ${state}`)]);

  await api.call('startVm', { id });
  await untilState(api, id, 'running');
  await ask('it runs', api.call('getVm', { id }));
  await ask('started again', api.call('startVm', { id }));
  await ask('deleted while it runs', api.call('deleteVm', { id }));
  await ask('detached while it runs', api.call('detachDisk', { id: disk }));
  const cpu = { count: 2 } as const;
  await ask('changed while it runs', api.call('changeVm', { id, body: { config: { cpu } } }));
  await ask('paused', api.call('pauseVm', { id }));
  await ask('paused again', api.call('pauseVm', { id }));
  const recording = await idOf('recorded', api.call('startRecording', { id }));
  await ask('recorded again', api.call('startRecording', { id }));
  await ask('resumed', api.call('resumeVm', { id }));
  await ask('resumed again', api.call('resumeVm', { id }));
  const ended = api.call('stopRecording', { id: recording });
  await ask(
    'recorded enough',
    ended.then(({ state }) => ({ state })),
  );
  await ask('and again', api.call('stopRecording', { id: recording }));
  await ask('a recording deleted', api.call('deleteRecording', { id: recording }));
  await ask('stopped', api.call('stopVm', { id }));
  await ask('stopped again', api.call('stopVm', { id }));
  await ask('recorded while it is off', api.call('startRecording', { id }));
  const events = await api.call('listVmEvents', { id });
  transcript.push(['its events', events.items.map(({ kind, detail }) => [kind, detail])]);

  await ask('deleted', api.call('deleteVm', { id }));
  await ask('deleted again', api.call('deleteVm', { id }));
  await ask('its disk', api.call('getDisk', { id: disk }));
  await ask('its disk deleted', api.call('deleteDisk', { id: disk }));
  await ask('a ticket for nobody', api.call('createConsoleTicket', { id }));
  await ask('the settings', api.call('getSettings', {}));
  const settings = { retention: { auditDays: 30 } };
  await ask('other settings', api.call('replaceSettings', { body: settings }));
  const none = { retention: { auditDays: 0 } };
  await ask('settings of no sense', api.call('replaceSettings', { body: none }));
  const audit = await api.call('listAudit', { query: { limit: 60 } });
  transcript.push([
    'the audit log',
    // What it took to come in is not the same everywhere.
    audit.items
      .filter(isOfTheDay)
      .map(({ action, resourceKind, resourceName, outcome, code }) =>
        [action, resourceKind, resourceName, outcome, code ?? ''].join(' '),
      ),
  ]);
  return transcript;
}

const isOfTheDay = ({ action }: { readonly action: string }) =>
  !/^(first-run|session|account)/.test(action);
const justId = ({ id }: { readonly id: string }) => ({ id });

async function untilState(api: ApiClient, id: string, wanted: VmState): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const { state, problem } = await api.call('getVm', { id });
    if (state === wanted) return;
    if (Date.now() > deadline) throw new Error(`it is ${state}: ${JSON.stringify(problem)}`);
    await sleep(20);
  }
}

/** What no two consoles have alike: the moment, and how much of the host's disk something takes. */
const OF_THE_MOMENT = /(At|Since)$|^(allocatedBytes|fileBytes|sha256|user)$/;

/** @returns what two answers have to have alike; ids are numbered as they come */
function comparator(): (answer: unknown) => unknown {
  const ids = new Map<string, string>();
  const numbered = (id: string) => {
    ids.set(id, ids.get(id) ?? `id ${ids.size + 1}`);
    return ids.get(id);
  };
  return (answer) =>
    JSON.parse(
      JSON.stringify(answer ?? null, (key, value: unknown) => {
        if (typeof value === 'string' && (key === 'id' || key.endsWith('Id'))) {
          return numbered(value);
        }
        return OF_THE_MOMENT.test(key) && value !== null ? 'something' : value;
      }),
    );
}
