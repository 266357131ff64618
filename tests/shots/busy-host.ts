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

/** Works for a while and rests for a while, as servers do, with `MiB` of memory in use. */
const work = ({ turns, mebibytes }: LinuxVm) =>
  `dd if=/dev/zero of=/tmp/in-use bs=1M count=${mebibytes} 2>/dev/null; ` +
  `(while :; do i=$((RANDOM % ${turns})); while [ $i -gt 0 ]; do i=$((i-1)); done; sleep 1; done) &`;
/** What a database does to its disk. */
const WRITE_AND_READ =
  '(while :; do dd if=/dev/zero of=/dev/vdb bs=64k count=$((RANDOM % 32 + 1)) conv=fsync; ' +
  'echo 1 > /proc/sys/vm/drop_caches; dd if=/dev/vda of=/dev/null bs=64k count=$((RANDOM % 64 + 1)); ' +
  'sleep 1; done) 2>/dev/null &';
const TOUR = ['clear', 'uname -a', 'nproc', 'free -m', 'cat /proc/partitions', 'df -h', 'uptime'];

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
}

/** A host as one finds it after some months: many machines in all states, images, disks, tasks, users. */
export async function furnishBusyHost(tested: TestConsole): Promise<BusyHost> {
  const api = await apiOf(tested);
  await failToImport(api);
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

  await bootLinux(tested, api, linux);
  return {
    linux: linux[0].id,
    ...{ crashed, stopping, paused, longNamed, archive, names },
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
  // One who may not, for the audit log.
  const wrong = { name: 'grace', password: 'not her password' };
  await tested.request('POST', '/session', wrong, { cookie: 'none=none' });
}

type Make = (name: string, more: Partial<CreateVm>) => Promise<string>;

interface LinuxVm {
  readonly id: string;
  /** Of a loop between two rests, at most. */
  readonly turns: number;
  readonly mebibytes: number;
}

/** Those that really do something; the first has disks. */
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
  const others: LinuxVm[] = [];
  for (const [name, tag, turns, mebibytes] of [
    ['cache', 'shop', 800, 40],
    ['dns', 'edge', 300, 4],
    ['gitea', 'home', 2500, 24],
    ['grafana', 'home', 1200, 32],
  ] as const) {
    const id = await make(name, { tags: [tag], config: {}, start: true });
    others.push({ id, turns, mebibytes });
  }
  return [{ id: primary, turns: 6000, mebibytes: 64 }, ...others];
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

/** From where the console does not fetch: each leaves a task and an image that failed. */
async function failToImport(api: ApiClient): Promise<void> {
  for (const name of ['alpine-3.20', 'fedora-40']) {
    const url = `http://127.0.0.1:9/${name}.qcow2`;
    await api.call('importImage', { body: { name, kind: 'disk', url, sha256: '0'.repeat(64) } });
  }
}

/** Waits for the shells, looks around in the first, and lets them all work. */
async function bootLinux(
  tested: TestConsole,
  api: ApiClient,
  machines: readonly LinuxVm[],
): Promise<void> {
  for (const [at, machine] of machines.entries()) {
    const viewer = await tested.openConsole(machine.id);
    await viewer.untilShown(PROMPT, BOOT_MS);
    await enter(viewer, work(machine));
    if (at === 0) {
      await enter(viewer, WRITE_AND_READ);
      await showAround(api, machine.id, viewer);
    }
    viewer.socket.close();
  }
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
