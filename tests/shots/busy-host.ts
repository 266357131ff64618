import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiClient } from '../../server/api/client';
import { diskSchema } from '../../server/api/disks';
import type { CreateVm } from '../../server/api/vms';
import { guest } from '../guests/assemble';
import { apiOf, uploadImage } from '../support/api';
import { type ConsoleViewer, PASSWORD, sleep, type TestConsole } from '../support/console';

const MiB = 2 ** 20;
const GiB = 2 ** 30;
const PROMPT = /# $/;
const BOOT_MS = 120_000;
/** Of the import that is still under way when pictures are taken. */
const ENDLESS_BYTES = 2 * GiB;
const CHUNK = Buffer.alloc(64 * 1024);
const CHUNK_MS = 400;

/** How many of each there are, by what they are for. */
const CROWD = {
  shop: ['web', 8],
  billing: ['api', 6],
  data: ['replica', 4],
  ci: ['ci-runner', 18],
  edge: ['proxy', 5],
  staging: ['staging', 12],
  lab: ['lab', 6],
} as const;
/** Of each group, so many run. */
const RUNNING_OF_EACH = 2;
const LONG_NAME = 'nightly-import-of-the-analytics-warehouse-for-eu-west-and-north';

/** A shell that works for a while and rests for a while, as servers do. */
const WORK = (turns: number) =>
  `(while :; do i=0; while [ $i -lt ${turns} ]; do i=$((i+1)); done; sleep 1; done) &`;
const TOUR = ['clear', 'uname -a', 'free -m', 'df -h', 'ls /', 'uptime'];

/** Machines that there are pictures of, by their ids. */
export interface BusyHost {
  /** It runs Linux, and is somewhat busy. */
  readonly linux: string;
  readonly crashed: string;
  readonly stopping: string;
  readonly paused: string;
  readonly longNamed: string;
  /** It is stopped, and its disks would go with it. */
  readonly archive: string;
  /** What each machine is called. */
  readonly names: ReadonlyMap<string, string>;
  /** Ends what goes on beside the console. */
  readonly leave: () => void;
}

/** A host as one finds it after some months: many machines in all states, images, disks, tasks, users. */
export async function furnishBusyHost(tested: TestConsole): Promise<BusyHost> {
  const api = await apiOf(tested);
  const kernelId = await uploadImage(api, 'kernel', 'halt-6.1', guest('halt'));
  const faultId = await uploadImage(api, 'kernel', 'driver-test', guest('triple-fault'));
  const names = new Map<string, string>();
  const make = async (name: string, more: Partial<CreateVm> = {}) => {
    const config = { boot: { from: 'kernel', kernelId }, memory: { bytes: 64 * MiB } } as const;
    const vm = await tested.createVm({ name, config, ...more });
    names.set(vm.id, name);
    return vm.id;
  };

  await furnishPeople(tested);
  const linux = await makeLinux(api, make);
  for (const [tag, [name, count]] of Object.entries(CROWD)) {
    for (let at = 1; at <= count; at += 1) {
      await make(`${name}-${at}`, { tags: [tag], start: at <= RUNNING_OF_EACH });
    }
  }
  const longNamed = await make(LONG_NAME, { tags: ['data', 'nightly', 'eu-west'], start: true });
  await make('网关-测试环境', { tags: ['edge'], start: true });

  const paused = await make('photos', { tags: ['home'], start: true });
  await tested.untilState(paused, 'running');
  await api.call('pauseVm', { id: paused });
  const stopping = await make('mail', { tags: ['home'], start: true });
  await tested.untilState(stopping, 'running');
  // It does not listen.
  await api.call('shutdownVm', { id: stopping, body: { timeoutSeconds: 3600 } });
  const boot = { from: 'kernel', kernelId: faultId } as const;
  const crashed = await make('driver-test', {
    tags: ['lab'],
    start: true,
    config: { boot, memory: { bytes: 64 * MiB } },
  });
  await tested.untilState(crashed, 'crashed');
  await changeLater(tested, longNamed);

  const archive = await make('archive', { tags: ['data'] });
  await giveDisk(api, 'archive-2024', 4, archive);
  await giveDisk(api, 'archive-2025', 6, archive);

  const fetched = await fetchImages(api);
  await bootLinux(tested, api, linux);
  return {
    linux: linux[0].id,
    ...{ crashed, stopping, paused, longNamed, archive, names },
    leave: () => {
      fetched.closeAllConnections();
      fetched.close();
    },
  };
}

async function furnishPeople(tested: TestConsole): Promise<void> {
  for (const [name, role] of [
    ['grace', 'admin'],
    ['linus', 'operator'],
    ['margaret', 'operator'],
    ['wall-screen', 'viewer'],
  ] as const) {
    await tested.request('POST', '/users', { name, role, password: PASSWORD });
  }
  await tested.request('POST', '/tokens', { name: 'laptop', scopes: ['operate'] });
  await tested.request('POST', '/tokens', { name: 'prometheus', scopes: ['metrics'] });
  const settings = { images: { allowPrivateImport: true } };
  await tested.request('PUT', '/settings', settings);
  // One who may not, for the audit log.
  const wrong = { name: 'grace', password: 'not her password' };
  await tested.request('POST', '/session', wrong, { cookie: 'none=none' });
}

type Make = (name: string, more: Partial<CreateVm>) => Promise<string>;

interface LinuxVm {
  readonly id: string;
  /** Turns of a loop between two rests. */
  readonly work: number;
}

/** Those that really do something. */
async function makeLinux(
  api: ApiClient,
  make: Make,
): Promise<readonly [LinuxVm, ...(readonly LinuxVm[])]> {
  const notes = 'The primary. Ask Margaret before you stop it.';
  const config = { cpu: { count: 2 }, memory: { bytes: 256 * MiB } };
  const primary = await make('db-primary', { notes, tags: ['data'], config });
  await giveDisk(api, 'db-primary-root', 8, primary);
  await giveDisk(api, 'db-primary-wal', 2, primary);
  await giveDisk(api, 'old-backup', 4);
  await api.call('startVm', { id: primary });
  return [
    { id: primary, work: 30_000 },
    { id: await make('gitea', { tags: ['home'], config: {}, start: true }), work: 8000 },
    { id: await make('grafana', { tags: ['home'], config: {}, start: true }), work: 3000 },
  ];
}

/** @param vmId nobody's when left out */
async function giveDisk(
  api: ApiClient,
  name: string,
  gibibytes: number,
  vmId?: string,
): Promise<void> {
  const body = { from: 'empty', name, sizeBytes: gibibytes * GiB } as const;
  const { id } = diskSchema.parse(await api.call('createDisk', { body }));
  if (vmId !== undefined) await api.call('attachDisk', { id, body: { vmId } });
}

/** Gives it more memory while it runs: that waits for its next start. */
async function changeLater(tested: TestConsole, id: string): Promise<void> {
  const { config, revision } = await tested.untilState(id, 'running');
  const body = { config: { ...config, memory: { ...config.memory, bytes: 96 * MiB } } };
  await tested.request('PATCH', `/vms/${id}`, body, { 'if-match': `"${revision}"` });
}

/** One import that goes on and on, one whose sum is another, one that finds nothing. */
async function fetchImages(api: ApiClient): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/slow') === true) {
      response.writeHead(200, { 'content-length': ENDLESS_BYTES });
      const timer = setInterval(() => response.write(CHUNK), CHUNK_MS);
      response.on('close', () => clearInterval(timer));
    } else if (request.url?.startsWith('/gone') === true) response.writeHead(404).end();
    else response.end('not what was promised');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sha256 = createHash('sha256').digest('hex');
  for (const [name, file] of [
    ['debian-12-generic', 'slow/debian-12.qcow2'],
    ['alpine-3.20', 'changed/alpine.raw'],
    ['fedora-40', 'gone/fedora.qcow2'],
  ]) {
    const body = { name: name ?? '', kind: 'disk', url: `${origin}/${file}`, sha256 } as const;
    await api.call('importImage', { body });
  }
  return server;
}

/** Waits for the shells, looks around in the first, and lets them all work. */
async function bootLinux(
  tested: TestConsole,
  api: ApiClient,
  machines: readonly LinuxVm[],
): Promise<void> {
  for (const [at, { id, work }] of machines.entries()) {
    const viewer = await tested.openConsole(id);
    await viewer.untilShown(PROMPT, BOOT_MS);
    await enter(viewer, WORK(work));
    if (at === 0) await showAround(api, id, viewer);
    viewer.socket.close();
  }
  await sleep(500);
}

/** While it is recorded. */
async function showAround(api: ApiClient, vmId: string, viewer: ConsoleViewer): Promise<void> {
  const { id } = await api.call('startRecording', { id: vmId, body: { from: 'start' } });
  for (const line of TOUR) await enter(viewer, line);
  await api.call('stopRecording', { id });
}

async function enter(viewer: ConsoleViewer, line: string): Promise<void> {
  const { length } = viewer.text;
  viewer.type(`${line}\n`);
  const deadline = Date.now() + BOOT_MS;
  while (viewer.text.length <= length + line.length || !PROMPT.test(viewer.text)) {
    if (Date.now() > deadline) throw new Error(`${line} did not end: ${viewer.text.slice(-500)}`);
    await sleep(50);
  }
}
