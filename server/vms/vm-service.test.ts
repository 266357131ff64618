import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConsoleEvent } from '../api/events';
import { settingsSchema } from '../api/settings';
import { ACTIONS_BY_STATE } from '../api/vm-actions';
import { type VmConfigInput, vmConfigSchema } from '../api/vm-config';
import { createVmSchema, type Vm, type VmState, vmStateSchema } from '../api/vms';
import { FakeAgent } from '../host/testing/fake-agent';
import { silentLog } from '../log/log';
import { ProblemError } from '../problems/problem-error';
import { EventBus } from '../streams/event-bus';
import { eventually } from '../testing/eventually';
import { problemOf } from '../testing/problems';
import type { Limits } from './capacity';
import type { NewVmEvent } from './vm-history';
import { VmService } from './vm-service';
import { NameTaken, type StoredVm } from './vm-store';

const MiB = 1024 * 1024;
const KILLED = {
  reason: 'monitor-killed',
  message: 'The monitor is gone.',
  hint: 'Start the machine again.',
  at: '2026-01-01T00:00:00.000Z',
  lastLines: [],
};

class MemoryStore {
  readonly rows = new Map<string, StoredVm>();
  isFull = false;

  async list() {
    return [...this.rows.values()];
  }

  async insert(row: StoredVm) {
    for (const { vm } of this.rows.values()) if (vm.name === row.vm.name) throw new NameTaken();
    this.rows.set(row.vm.id, row);
  }

  async saveChoice(vm: Vm) {
    for (const other of this.rows.values()) {
      if (other.vm.id !== vm.id && other.vm.name === vm.name) throw new NameTaken();
    }
    const row = this.rows.get(vm.id);
    if (row !== undefined) this.rows.set(vm.id, { ...row, vm });
  }

  async save(row: StoredVm) {
    if (this.isFull) throw new Error('the disk is full');
    if (this.rows.has(row.vm.id)) this.rows.set(row.vm.id, row);
  }

  async delete(id: string) {
    if (this.isFull) throw new Error('the disk is full');
    this.rows.delete(id);
  }
}

/** An image that is there, or comes when `finish` is called. */
class Images {
  finish: ((error?: Error) => void) | undefined;
  absent = false;

  bootFiles(_boot: unknown, signal: AbortSignal, onWait: (what: string) => void) {
    const image = { kernel: '/k', cmdline: 'console=ttyS0' };
    if (!this.absent) return Promise.resolve(image);
    onWait('building the default image');
    return new Promise<typeof image>((resolve, reject) => {
      this.finish = (error) => (error === undefined ? resolve(image) : reject(error));
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  }
}

let store: MemoryStore;
let agent: FakeAgent;
let images: Images;
let history: { id: string; kind: string }[];
let limits: Limits;
let events: ConsoleEvent[];
let vms: VmService;

function service(): VmService {
  const bus = new EventBus(1);
  events = [];
  bus.listen(({ event }) => events.push(event));
  return new VmService({
    store,
    history: {
      record: (id: string, { kind }: NewVmEvent) => void history.push({ id, kind }),
      forget: async (id: string) => {
        history = history.filter((event) => event.id !== id);
      },
    },
    metrics: { forget: async () => {} },
    agent,
    parts: {
      checkBoot: async (boot) => {
        if (boot.from === 'kernel') throw new Error(`there is no image ${boot.kernelId}`);
      },
      bootFiles: (boot, signal, onWait) => images.bootFiles(boot, signal, onWait),
      disks: async () => [{ id: 'disk-1', path: '/disks/1', readOnly: false }],
      releaseDisks: async () => {},
    },
    limits: () => limits,
    bus,
    log: silentLog,
  });
}

beforeEach(async () => {
  store = new MemoryStore();
  agent = new FakeAgent();
  images = new Images();
  history = [];
  limits = settingsSchema.parse({}).capacity;
  vms = service();
  await vms.open();
});

afterEach(() => {
  vi.useRealTimers();
});

function create(name = 'one', start = false, config: VmConfigInput = {}): Promise<Vm> {
  return vms.create(createVmSchema.parse({ name, start, config }));
}

function untilState(id: string, state: VmState): Promise<Vm> {
  return eventually(() => {
    const vm = vms.get(id);
    expect(vm.state).toBe(state);
    return vm;
  });
}

describe('a machine', () => {
  it('is not configured to boot what is not there', async () => {
    const kernel: VmConfigInput = { boot: { from: 'kernel', kernelId: 'gone' } };
    await expect(create('one', false, kernel)).rejects.toThrow('no image gone');
    expect(vms.list()).toEqual([]);
    const { id, config } = await create();
    const wrong = {
      ...config,
      boot: { from: 'kernel', kernelId: 'gone', initrdId: null, cmdline: '' },
    } as const;
    await expect(vms.change(id, { config: wrong })).rejects.toThrow('no image gone');
    expect(vms.get(id)).toMatchObject({ revision: 1, config });
    expect((await problemOf(vms.change('nobody', { config: wrong }))).status).toBe(404);
  });

  it('is created, started, stopped and deleted', async () => {
    const { id } = await create();
    await vms.start(id);
    await untilState(id, 'running');
    expect(agent.running.get(id)?.cmdline).toBe('console=ttyS0');
    expect((await vms.stop(id)).state).toBe('stopped');
    await vms.delete(id);
    expect(vms.list()).toEqual([]);
    expect(store.rows.size).toBe(0);
    expect(events.at(-1)).toEqual({ type: 'vm.deleted', id });
    expect((await problemOf(vms.start(id))).status).toBe(404);
  });

  it('starts at once when asked to', async () => {
    const vm = await create('one', true);
    expect(vm.state).toBe('starting');
    await untilState(vm.id, 'running');
    expect(store.rows.get(vm.id)?.desired).toBe('running');
  });

  it('does not share its name', async () => {
    await create('one');
    expect((await problemOf(create('one'))).code).toBe('name-taken');
  });

  it('gets no more memory than the host has', async () => {
    agent.hostMemoryBytes = 64 * 1024 * 1024;
    const problem = await problemOf(create());
    expect(problem.status).toBe(422);
    expect(problem.errors?.[0]?.path).toBe('config.memory.bytes');
    expect(vms.list()).toEqual([]);
  });

  it('passes on its own words of the kernel command line behind those of the image', async () => {
    const vm = await create('one', true, { boot: { from: 'default', cmdline: 'quiet' } });
    await untilState(vm.id, 'running');
    expect(agent.running.get(vm.id)?.cmdline).toBe('console=ttyS0 quiet');
  });

  it('that crashes keeps why, and can be started again', async () => {
    const { id } = await create('one', true);
    await untilState(id, 'running');
    agent.crash(id);
    const vm = vms.get(id);
    expect(vm.state).toBe('crashed');
    expect(vm.crash?.reason).toBe('triple-fault');
    await eventually(() => expect(store.rows.get(id)?.vm.crash?.reason).toBe('triple-fault'));
    expect((await vms.start(id)).crash).toBeNull();
  });
});

describe('what may be done in a state', () => {
  const perform = {
    start: (id: string) => vms.start(id),
    pause: (id: string) => vms.pause(id),
    resume: (id: string) => vms.resume(id),
    shutdown: (id: string) => vms.shutdown(id, 60),
    reset: (id: string) => vms.reset(id),
    stop: (id: string) => vms.stop(id),
    delete: (id: string) => vms.delete(id),
  };

  for (const state of vmStateSchema.options) {
    for (const action of Object.keys(perform) as (keyof typeof perform)[]) {
      const allowed = ACTIONS_BY_STATE[state].includes(action);
      it(`${state}: ${action} is ${allowed ? 'allowed' : 'refused'}`, async () => {
        const { id } = await create();
        const row = store.rows.get(id);
        if (row === undefined) throw new Error('not stored');
        const desired = state === 'stopped' || state === 'crashed' ? 'stopped' : 'running';
        store.rows.set(id, { vm: { ...row.vm, state }, desired });
        const since = new Date().toISOString();
        agent.adoption =
          desired === 'running'
            ? { machines: [{ id, state, since }], silent: [], strangers: [] }
            : { machines: [], silent: [], strangers: [] };
        vms = service();
        await vms.open();
        if (allowed) {
          await perform[action](id);
        } else {
          const problem = await problemOf(perform[action](id));
          expect(problem).toMatchObject({ status: 409, code: 'wrong-state' });
          expect(problem.detail).toContain(`"one" is ${state}`);
          expect(problem.hint).not.toBe('');
          expect(vms.get(id).state).toBe(state);
        }
      });
    }
  }
});

describe('at the same time', () => {
  it('one of two starts wins', async () => {
    const { id } = await create();
    const results = await Promise.allSettled([vms.start(id), vms.start(id)]);
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    await untilState(id, 'running');
    expect(agent.calls.filter((call) => call.startsWith('start'))).toHaveLength(1);
  });

  it('a stop ends a start that is under way', async () => {
    agent.slowStarts = true;
    const { id } = await create('one', true);
    await eventually(() => expect(agent.calls).toContain(`start ${id}`));
    expect((await vms.stop(id)).state).toBe('stopped');
    agent.finishStarts();
    expect(vms.get(id)).toMatchObject({ state: 'stopped', problem: null });
    expect(agent.running.size).toBe(0);
    agent.slowStarts = false;
    await vms.start(id);
    await untilState(id, 'running');
  });

  it('different machines do not wait for each other', async () => {
    agent.slowStarts = true;
    const slow = await create('slow', true);
    await eventually(() => expect(agent.calls).toContain(`start ${slow.id}`));
    agent.slowStarts = false;
    const quick = await create('quick', true);
    await untilState(quick.id, 'running');
    expect(vms.get(slow.id).state).toBe('starting');
    agent.finishStarts();
    await untilState(slow.id, 'running');
  });

  it('a second pause is refused once the first is done', async () => {
    const { id } = await create('one', true);
    await untilState(id, 'running');
    const results = await Promise.allSettled([vms.pause(id), vms.pause(id)]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected']);
    expect(vms.get(id).state).toBe('paused');
  });

  it('a crash while it is being stopped is a stop', async () => {
    const { id } = await create('one', true);
    await untilState(id, 'running');
    const stopping = vms.stop(id);
    agent.crash(id);
    await stopping;
    expect(vms.get(id)).toMatchObject({ state: 'stopped', crash: null });
  });
});

describe('a start that has to wait for the image', () => {
  beforeEach(() => {
    images.absent = true;
  });

  it('says what it waits for, and goes on', async () => {
    const { id } = await create('one', true);
    expect(vms.get(id)).toMatchObject({
      state: 'starting',
      waitingFor: 'building the default image',
    });
    images.finish?.();
    expect((await untilState(id, 'running')).waitingFor).toBeNull();
  });

  it('can be stopped', async () => {
    const { id } = await create('one', true);
    expect(await vms.stop(id)).toMatchObject({ state: 'stopped', waitingFor: null, problem: null });
    expect(agent.calls).not.toContain(`start ${id}`);
  });

  it('keeps the problem when the image cannot be built', async () => {
    const { id } = await create('one', true);
    images.finish?.(
      new ProblemError({
        status: 500,
        code: 'no-space',
        title: 't',
        detail: 'Full.',
        hint: 'Free some.',
      }),
    );
    const vm = await untilState(id, 'stopped');
    expect(vm.problem).toMatchObject({ code: 'no-space', hint: 'Free some.' });
    images.absent = false;
    expect((await vms.start(id)).problem).toBeNull();
  });

  it('is stopped with a problem when the console ends meanwhile', async () => {
    const { id } = await create('one', true);
    await vms.close();
    vms = service();
    await vms.open();
    expect(vms.get(id)).toMatchObject({
      state: 'stopped',
      problem: { code: 'start-interrupted' },
    });
  });
});

describe('after a restart of the console', () => {
  async function restartWith(state: VmState, found?: VmState): Promise<Vm> {
    const { id } = await create('one', true);
    await untilState(id, 'running');
    const row = store.rows.get(id);
    if (row === undefined) throw new Error('not stored');
    const desired = state === 'stopping' ? 'stopped' : 'running';
    store.rows.set(id, { vm: { ...row.vm, state }, desired });
    const since = '2026-01-01T00:00:00.000Z';
    agent.adoption = {
      machines: found === undefined ? [] : [{ id, state: found, since }],
      silent: [],
      strangers: [{ id: 'stranger', pid: 1 }],
    };
    vms = service();
    await vms.open();
    return vms.get(id);
  }

  it('a machine that runs is taken up', async () => {
    expect((await restartWith('running', 'running')).state).toBe('running');
  });

  it('a machine that was paused meanwhile is seen as paused', async () => {
    expect(await restartWith('running', 'paused')).toMatchObject({
      state: 'paused',
      stateSince: '2026-01-01T00:00:00.000Z',
    });
  });

  it('a machine still runs with what it was started with', async () => {
    const { id, config } = await create('one', true);
    await untilState(id, 'running');
    await vms.change(id, { config: { ...config, cpu: { ...config.cpu, count: 2 } } });
    const two = await create('two', false, { cpu: { count: 2 } });
    await vms.close();
    agent.adoption = {
      machines: [{ id, state: 'running', since: '2026-01-01T00:00:00.000Z' }],
      silent: [],
      strangers: [],
    };
    vms = service();
    await vms.open();
    expect(vms.get(id).pendingChange).toBe(true);
    limits = { ...limits, vcpuOvercommit: 1 };
    expect((await problemOf(vms.start(two.id))).detail).toContain('Machines that run have 1 vCPUs');
    await vms.stop(id);
    expect(vms.get(id).pendingChange).toBe(false);
  });

  it('a machine whose monitor is gone has crashed', async () => {
    expect(await restartWith('running')).toMatchObject({
      state: 'crashed',
      crash: { reason: 'monitor-killed' },
    });
  });

  it('a stop that was interrupted is carried out', async () => {
    const { id } = await restartWith('stopping', 'running');
    await untilState(id, 'stopped');
    expect(agent.calls).toContain(`stop ${id}`);
  });

  it('a machine whose monitor does not answer is what it was, until it says more', async () => {
    const { id } = await create('one', true);
    await untilState(id, 'running');
    agent.adoption = { machines: [], silent: [id], strangers: [] };
    vms = service();
    await vms.open();
    expect(vms.get(id)).toMatchObject({ state: 'running', silentSince: expect.any(String) });
    agent.report(id, 'paused');
    expect(vms.get(id)).toMatchObject({ state: 'paused', silentSince: null });
    await vms.stop(id);
    expect(agent.calls).toContain(`stop ${id}`);
  });

  it('a monitor nobody knows is told of and left alone', async () => {
    await restartWith('running', 'running');
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'host.notice', code: 'unknown-monitor' }),
    );
    expect(agent.calls).not.toContain('stop stranger');
  });
});

describe('a change', () => {
  const config = (input: VmConfigInput) => vmConfigSchema.parse(input);

  it('replaces what it names and counts the revision up', async () => {
    const { id } = await create();
    const vm = await vms.change(id, { notes: 'a note', tags: ['web'] });
    expect(vm).toMatchObject({ name: 'one', notes: 'a note', tags: ['web'], revision: 2 });
    expect(store.rows.get(id)?.vm).toMatchObject({ notes: 'a note', revision: 2 });
    expect(events.at(-1)).toMatchObject({ type: 'vm.changed', vm: { revision: 2 } });
  });

  it('from an older revision is refused, and one of two at the same time', async () => {
    const { id } = await create();
    const both = await Promise.allSettled([
      vms.change(id, { name: 'two' }, 1),
      vms.change(id, { name: 'three' }, 1),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((await problemOf(vms.change(id, { name: 'four' }, 1))).code).toBe('changed-meanwhile');
    expect(vms.get(id).name).toBe('two');
  });

  it('to a name that is taken leaves all as it was', async () => {
    await create('one');
    const { id } = await create('two');
    expect((await problemOf(vms.change(id, { name: 'one', notes: 'x' }))).code).toBe('name-taken');
    expect(vms.get(id)).toMatchObject({ name: 'two', notes: '', revision: 1 });
  });

  it('of the configuration comes with the next start', async () => {
    const { id } = await create('one', true);
    await untilState(id, 'running');
    const changed = await vms.change(id, { config: config({ cpu: { count: 4 } }) });
    expect(changed.pendingChange).toBe(true);
    expect(agent.running.get(id)?.vcpus).toBe(1);
    expect((await vms.stop(id)).pendingChange).toBe(false);
    await vms.start(id);
    await untilState(id, 'running');
    expect(agent.running.get(id)?.vcpus).toBe(4);
    // What the console itself heeds is not waited for.
    const autostart = config({ cpu: { count: 4 }, autostart: true });
    expect((await vms.change(id, { config: autostart })).pendingChange).toBe(false);
  });
});

describe('room', () => {
  it('is for so much memory as the administrator allows', async () => {
    agent.hostMemoryBytes = 300 * MiB;
    await create('one', true);
    await create('two', true);
    const three = await create('three');
    const problem = await problemOf(vms.start(three.id));
    expect(problem).toMatchObject({ status: 409, code: 'memory-committed' });
    expect(problem.detail).toContain('256 MiB');
    limits = { ...limits, memoryOvercommit: 2 };
    await vms.start(three.id);
    await untilState(three.id, 'running');
  });

  it('is for so many vCPUs as the administrator allows', async () => {
    limits = { ...limits, vcpuOvercommit: 1 };
    await create('one', true, { cpu: { count: 2 } });
    const two = await create('two');
    expect((await problemOf(vms.start(two.id))).code).toBe('vcpus-committed');
  });

  it('is none when the disk is nearly full', async () => {
    const { id } = await create();
    limits = { ...limits, freeDiskBytes: 2 * 1024 ** 3 };
    expect(await problemOf(vms.start(id))).toMatchObject({ status: 507, code: 'disk-full' });
    expect(vms.get(id).state).toBe('stopped');
  });

  it('is looked for before a machine is made that shall start at once', async () => {
    agent.hostMemoryBytes = 200 * MiB;
    await create('one', true);
    expect((await problemOf(create('two', true))).code).toBe('memory-committed');
    expect(vms.list().map(({ name }) => name)).toEqual(['one']);
  });

  it('goes to one of two that are made at the same time, and the other says why it waits', async () => {
    agent.hostMemoryBytes = 200 * MiB;
    await Promise.all([create('one', true), create('two', true)]);
    const [one, two] = vms.list();
    expect([one?.state, two?.state]).toEqual(['running', 'stopped']);
    expect(two?.problem?.code).toBe('memory-committed');
  });

  it('is needed by machines that start with the console, too', async () => {
    for (const name of ['one', 'two']) await create(name, false, { autostart: true });
    await vms.close();
    agent.hostMemoryBytes = 200 * MiB;
    vms = service();
    await vms.open();
    expect(vms.list()).toMatchObject([
      { state: 'starting', problem: null },
      { state: 'stopped', problem: { code: 'memory-committed' } },
    ]);
  });
});

describe('when the database cannot be written', () => {
  it('what became of a machine is kept, and written as soon as it can be', async () => {
    await vms.close();
    vi.useFakeTimers();
    vms = service();
    await vms.open();
    const { id } = await create('one', true);
    await vi.advanceTimersByTimeAsync(0);
    store.isFull = true;
    await vms.stop(id);
    expect(vms.get(id).state).toBe('stopped');
    expect(store.rows.get(id)).toMatchObject({ vm: { state: 'running' }, desired: 'running' });
    store.isFull = false;
    await vi.advanceTimersByTimeAsync(6000);
    expect(store.rows.get(id)).toMatchObject({ vm: { state: 'stopped' }, desired: 'stopped' });
    await vms.close();
  });

  it('a machine that cannot be deleted is still there', async () => {
    const { id } = await create();
    store.isFull = true;
    await expect(vms.delete(id)).rejects.toThrow('the disk is full');
    expect(vms.get(id).state).toBe('stopped');
    store.isFull = false;
    await vms.delete(id);
    expect(vms.find(id)).toBeUndefined();
  });
});

describe('a shutdown', () => {
  it('presses the button, and the guest powers off in its own time', async () => {
    const { id } = await create('one', true);
    await untilState(id, 'running');
    expect((await vms.shutdown(id, 30)).state).toBe('stopping');
    agent.report(id, 'stopped');
    expect(vms.get(id)).toMatchObject({ state: 'stopped', crash: null });
  });

  it('that the guest does not heed leaves it running', async () => {
    const { id } = await create('one', true);
    await untilState(id, 'running');
    await vms.shutdown(id, 30);
    agent.report(id, 'running');
    expect(vms.get(id).state).toBe('running');
    expect(store.rows.get(id)?.desired).toBe('running');
  });

  it('that takes too long can be cut short by a stop', async () => {
    const { id } = await create('one', true);
    await untilState(id, 'running');
    await vms.shutdown(id, 30);
    expect((await vms.stop(id)).state).toBe('stopped');
  });
});

describe('a machine that shall start again', () => {
  it('does when its monitor was killed, a little later', async () => {
    const { id } = await create('one', true, { restart: 'on-crash' });
    await untilState(id, 'running');
    agent.running.delete(id);
    agent.report(id, 'crashed', KILLED);
    expect(vms.get(id)).toMatchObject({ state: 'starting', crash: { reason: 'monitor-killed' } });
    expect(Date.parse(vms.get(id).restartAt ?? '')).toBeGreaterThan(Date.now());
    await eventually(() => expect(vms.get(id).state).toBe('running'), 3000);
    expect(vms.get(id)).toMatchObject({ crash: null, restartAt: null });
  });

  it('does not when it is stopped meanwhile', async () => {
    const { id } = await create('one', true, { restart: 'always' });
    await untilState(id, 'running');
    agent.running.delete(id);
    agent.report(id, 'crashed', KILLED);
    expect(await vms.stop(id)).toMatchObject({ state: 'stopped', restartAt: null });
    expect(agent.calls.filter((call) => call.startsWith('start'))).toHaveLength(1);
  });

  it('does not when nobody asked for that', async () => {
    const { id } = await create('one', true);
    await untilState(id, 'running');
    agent.report(id, 'crashed', KILLED);
    expect(vms.get(id)).toMatchObject({ state: 'crashed', restartAt: null });
  });

  it('starts with the console', async () => {
    const { id } = await create('one', false, { autostart: true });
    await vms.close();
    vms = service();
    await vms.open();
    await untilState(id, 'running');
  });
});

describe('what happened to a machine', () => {
  it('is written down, and goes with it', async () => {
    const { id } = await create('one', true);
    await untilState(id, 'running');
    await vms.change(id, { notes: 'x' });
    await vms.stop(id);
    const kinds = ['created', 'starting', 'running', 'changed', 'stopping', 'stopped'];
    expect(history.map(({ kind }) => kind)).toEqual(kinds);
    await vms.delete(id);
    expect(history).toEqual([]);
  });
});
