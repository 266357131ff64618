import { reasonNot, type VmAction } from '@/server/api/vm-actions';
import type { VmConfig } from '@/server/api/vm-config';
import type { Vm, VmState } from '@/server/api/vms';
import { answer, type Handlers, NOTHING } from './contract';
import { conflict, invalid, nameTaken, notPossibleNow, Refusal } from './refusal';
import { checkRevision, isNameOf, pageOf } from './shelf';
import type { World } from './world';

const MiB = 1024 * 1024;

const HINTS: Readonly<Record<VmState, string>> = {
  stopped: 'Start the machine first.',
  starting: 'Wait until it runs, or stop it.',
  running: 'Stop the machine first.',
  paused: 'Resume or stop the machine first.',
  stopping: 'Wait until it has stopped.',
  crashed: 'Start the machine again.',
};

export function machineHandlers(world: World) {
  const enter = (id: string, state: VmState, parts: Partial<Vm> = {}): Vm => {
    const vm = world.vms.change(id, { state, stateSince: world.now(), ...parts });
    world.noteVmEvent(id, state);
    return vm;
  };
  const begin = (id: string): Vm => {
    const vm = enter(id, 'starting', { crash: null, problem: null });
    world.later(() => {
      if (world.vms.find(id)?.state === 'starting') enter(id, 'running', { waitingFor: null });
    });
    return vm;
  };
  const act = (action: VmAction, run: (id: string) => Vm) => (call: { readonly id: string }) => {
    checkPossible(world.vms.get(call.id), action);
    return answer(200, run(call.id));
  };

  return {
    listVms: () => answer(200, { items: world.vms.all }),

    createVm: ({ body: { start, ...chosen } }) => {
      checkFits(chosen.config, world);
      checkKernel(chosen.config, world);
      if (world.vms.all.some(isNameOf(chosen.name))) throw nameTaken('machine', chosen.name);
      const now = world.now();
      const vm = world.vms.put({
        id: world.newId('vm'),
        ...chosen,
        revision: 1,
        state: 'stopped',
        stateSince: now,
        pendingChange: false,
        crash: null,
        waitingFor: null,
        restartAt: null,
        shutdownIgnoredAt: null,
        silentSince: null,
        problem: null,
        createdAt: now,
      });
      world.noteVmEvent(vm.id, 'created');
      return answer(201, start ? begin(vm.id) : vm);
    },

    getVm: ({ id }) => answer(200, world.vms.get(id)),

    changeVm: ({ id, body: { name, notes, tags, config }, expected }) => {
      const vm = world.vms.get(id);
      if (config !== undefined) {
        checkFits(config, world);
        checkKernel(config, world);
      }
      checkRevision(vm, expected);
      if (name !== undefined) {
        const others = world.vms.all.filter((other) => other.id !== id);
        if (others.some(isNameOf(name))) throw nameTaken('machine', name);
      }
      const chosen = {
        name: name ?? vm.name,
        notes: notes ?? vm.notes,
        tags: tags ?? vm.tags,
        config: config ?? vm.config,
      };
      const isOff = vm.state === 'stopped' || vm.state === 'crashed';
      const isOther = JSON.stringify(chosen.config) !== JSON.stringify(vm.config);
      const fields = Object.entries({ name, notes, tags, config })
        .filter(([, value]) => value !== undefined)
        .map(([field]) => field)
        .sort();
      world.noteVmEvent(id, 'changed', { fields: fields.join(', ') });
      return answer(
        200,
        world.vms.change(id, {
          ...chosen,
          revision: vm.revision + 1,
          pendingChange: !isOff && (vm.pendingChange || isOther),
        }),
      );
    },

    deleteVm: ({ id }) => {
      checkPossible(world.vms.get(id), 'delete');
      for (const disk of world.disks.all.filter(({ vmId }) => vmId === id)) {
        world.disks.change(disk.id, { vmId: null, position: null, revision: disk.revision + 1 });
      }
      world.vms.remove(id);
      world.vmEvents.delete(id);
      return NOTHING;
    },

    startVm: act('start', (id) => {
      checkRoom(world.vms.get(id).config, world);
      return begin(id);
    }),
    pauseVm: act('pause', (id) => enter(id, 'paused')),
    resumeVm: act('resume', (id) => enter(id, 'running')),
    resetVm: act('reset', (id) => enter(id, 'running')),
    stopVm: act('stop', (id) => {
      enter(id, 'stopping', { waitingFor: null });
      return enter(id, 'stopped', { pendingChange: false });
    }),
    shutdownVm: act('shutdown', (id) => {
      const vm = enter(id, 'stopping');
      world.later(() => {
        if (world.vms.find(id)?.state === 'stopping') enter(id, 'stopped');
      });
      return vm;
    }),

    listVmEvents: ({ id, query }) => {
      world.vms.get(id);
      return answer(200, pageOf(world.vmEvents.get(id) ?? [], query));
    },
    listAnyVmEvents: ({ query }) => {
      const events = [...world.vmEvents].flatMap(([vmId, told]) =>
        told.map((event) => ({ ...event, vmId })),
      );
      return answer(
        200,
        pageOf(
          events.toSorted((a, b) => b.id - a.id),
          query,
        ),
      );
    },
    getVmLog: ({ id }) => {
      world.vms.get(id);
      return answer(200, 'The monitor has begun.\n');
    },
    createConsoleTicket: ({ id }) => {
      checkPossible(world.vms.get(id), 'openConsole');
      return answer(201, {
        ticket: world.newId('ticket'),
        expiresAt: new Date(Date.now() + 30_000).toISOString(),
      });
    },
    openConsole: ({ id }) => {
      world.vms.get(id);
      throw new Refusal({
        status: 426,
        code: 'upgrade-needed',
        title: 'A WebSocket is needed',
        detail: 'The console is a WebSocket.',
        hint: 'Open it with the ticket of `POST …/console-tickets`.',
      });
    },
    getConsoleLog: ({ id }) => {
      world.vms.get(id);
      return answer(200, 'Welcome.\n');
    },
  } satisfies Partial<Handlers>;
}

function checkPossible({ name, state }: Vm, action: VmAction): void {
  const reason = reasonNot(state, action);
  if (reason === undefined) return;
  throw notPossibleNow('wrong-state', `"${name}" is ${state}. ${reason}`, HINTS[state]);
}

/** More than the host has at all. */
function checkFits({ memory }: VmConfig, { host }: World): void {
  if (memory.bytes <= host.memoryBytes) return;
  const message = `This host has ${mib(host.memoryBytes)}; a machine cannot have more.`;
  throw invalid([{ path: 'config.memory.bytes', message }]);
}

/** More than machines may have together. */
function checkRoom({ memory }: VmConfig, { host, settings, vms }: World): void {
  const running = vms.all
    .filter(({ state }) => state !== 'stopped' && state !== 'crashed')
    .reduce((sum, { config }) => sum + config.memory.bytes, 0);
  const limit = host.memoryBytes * settings.settings.capacity.memoryOvercommit;
  if (running + memory.bytes <= limit) return;
  throw conflict(
    'memory-committed',
    'Not enough memory',
    `Machines that run have ${mib(running)}; with ${mib(memory.bytes)} more they would pass the ${mib(limit)} they may have together.`,
    'Stop another machine, give this one less memory, or raise the overcommit in the settings.',
  );
}

function checkKernel({ boot }: VmConfig, { images }: World): void {
  if (boot.from === 'default' || images.find(boot.kernelId) !== undefined) return;
  throw conflict(
    'image-missing',
    'The image is gone',
    'There is no image of that id any more.',
    'Choose another image.',
  );
}

function mib(bytes: number): string {
  return `${Math.floor(bytes / MiB)} MiB`;
}
