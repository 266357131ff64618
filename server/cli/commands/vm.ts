import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../../api/client';
import type { VmConfigInput } from '../../api/vm-config';
import type { Vm, VmState } from '../../api/vms';
import type { Argument, Command, Context, Given, Option } from '../command';
import { CliError, usageError } from '../errors';
import { findNamed } from '../find';
import { numberOf, textOf, textsOf } from '../parse';
import { formatAge, formatSize, parseSize } from '../sizes';
import { attachConsole } from '../terminal/attach-console';

const VM: Argument = { name: 'NAME', names: 'vm' };
const VMS: Argument = { name: 'NAME', names: 'vm', multiple: true };
const POLL_MS = 200;
const WAIT_SECONDS = 60;

const WAIT: Readonly<Record<string, Option>> = {
  wait: { summary: 'Wait until it is done.' },
  timeout: { summary: `Give up waiting after so long (${WAIT_SECONDS}).`, value: 'SECONDS' },
};

/** @throws CliError */
export async function findVm(api: ApiClient, word: string): Promise<Vm> {
  return findNamed((await api.call('listVms', {})).items, word, 'machine');
}

const list: Command = {
  name: 'vm ls',
  summary: 'List machines.',
  arguments: [],
  options: { tag: { summary: 'Only those with this tag.', value: 'TAG' } },
  run: async ({ api, output }, given) => {
    const answer = await api.call('listVms', {});
    const tag = textOf(given, 'tag');
    const items = answer.items.filter(({ tags }) => tag === undefined || tags.includes(tag));
    output.table(
      { ...answer, items },
      {
        columns: ['NAME', 'STATE', 'VCPUS', 'MEMORY', 'SINCE', 'TAGS', 'NOTES'],
        rows: items.map((vm) => [
          vm.name,
          vm.state,
          String(vm.config.cpu.count),
          formatSize(vm.config.memory.bytes),
          formatAge(vm.stateSince),
          vm.tags.join(','),
          vm.notes.split('\n')[0] ?? '',
        ]),
        empty: 'There are no machines. Make one with `virtdeck vm create NAME`.',
      },
    );
    return undefined;
  },
};

const show: Command = {
  name: 'vm show',
  summary: 'Tell all of a machine.',
  arguments: [VM],
  options: {},
  run: async ({ api, output }, { words: [name = ''] }) => {
    const vm = await findVm(api, name);
    const { boot, cpu, memory, restart, autostart } = vm.config;
    const facts: [string, string][] = [
      ['Name', vm.name],
      ['Id', vm.id],
      ['State', `${vm.state}, for ${formatAge(vm.stateSince)}`],
      ['vCPUs', `${cpu.count} (${cpu.template})`],
      ['Memory', formatSize(memory.bytes)],
      ['Boots', boot.from === 'default' ? 'the default image' : `the kernel ${boot.kernelId}`],
      ['Command line', boot.cmdline],
      ['Restart', restart],
      ['Autostart', autostart ? 'yes' : 'no'],
      ['Tags', vm.tags.join(', ')],
      ['Notes', vm.notes],
      ['Crash', vm.crash === null ? '' : `${vm.crash.message} ${vm.crash.hint}`],
      ['Problem', vm.problem === null ? '' : `${vm.problem.detail} ${vm.problem.hint}`],
    ];
    const rows = facts.filter(([, value]) => value !== '');
    output.table(vm, { columns: ['WHAT', ''], rows, empty: '' });
    return undefined;
  },
};

const create: Command = {
  name: 'vm create',
  summary: 'Make a machine.',
  arguments: [{ name: 'NAME', names: 'word' }],
  options: {
    memory: { summary: 'Such as 256M (128M).', value: 'SIZE' },
    vcpus: { summary: 'How many (1).', value: 'N' },
    kernel: { summary: 'An image to boot; else the default one.', value: 'IMAGE' },
    initrd: { summary: 'An image for the kernel to unpack.', value: 'IMAGE' },
    cmdline: { summary: 'More words for the kernel.', value: 'WORDS' },
    restart: {
      summary: 'When it starts again by itself (never).',
      value: 'POLICY',
      choices: ['never', 'on-crash', 'always'],
    },
    autostart: { summary: 'Start it when the console starts.' },
    tag: { summary: 'A word to find it by.', value: 'TAG', multiple: true },
    note: { summary: 'What is worth knowing of it.', value: 'TEXT' },
    start: { summary: 'Start it at once.' },
    ...WAIT,
  },
  run: async (context, given) => {
    const { api, output } = context;
    const [name = ''] = given.words;
    const isStarted = given.options['start'] === true;
    const body = {
      name,
      notes: textOf(given, 'note') ?? '',
      tags: [...textsOf(given, 'tag')],
      config: await configFrom(api, given),
      start: isStarted,
    };
    let vm = await api.call('createVm', { body });
    if (isStarted && given.options['wait'] === true) {
      vm = await untilState(context, given, vm, 'running');
    }
    output.answer(vm, () => `${vm.name} is ${vm.state === 'stopped' ? 'made' : vm.state}.`);
    return undefined;
  },
};

async function configFrom(api: ApiClient, given: Given): Promise<VmConfigInput> {
  const memory = textOf(given, 'memory');
  const vcpus = numberOf(given, 'vcpus');
  const cmdline = textOf(given, 'cmdline') ?? '';
  const kernel = textOf(given, 'kernel');
  const initrd = textOf(given, 'initrd');
  if (initrd !== undefined && kernel === undefined) {
    throw usageError('--initrd goes with --kernel.', 'vm create');
  }
  const images = kernel === undefined ? [] : (await api.call('listImages', {})).items;
  return {
    boot:
      kernel === undefined
        ? { from: 'default', cmdline }
        : {
            from: 'kernel',
            kernelId: findNamed(images, kernel, 'image').id,
            initrdId: initrd === undefined ? null : findNamed(images, initrd, 'image').id,
            cmdline,
          },
    ...(vcpus === undefined ? {} : { cpu: { count: vcpus } }),
    ...(memory === undefined ? {} : { memory: { bytes: parseSize(memory) } }),
    restart: (textOf(given, 'restart') ?? 'never') as 'never' | 'on-crash' | 'always',
    autostart: given.options['autostart'] === true,
  };
}

type Action = 'startVm' | 'stopVm' | 'shutdownVm' | 'pauseVm' | 'resumeVm' | 'resetVm';

/** A command that does one thing to several machines. Those that can be are done, whatever the others. */
function act(verb: string, call: Action, goal: VmState, summary: string): Command {
  return {
    name: `vm ${verb}`,
    summary,
    arguments: [VMS],
    options: WAIT,
    run: async (context, given) => {
      const { api, output } = context;
      const { items } = await api.call('listVms', {});
      const vms = given.words.map((word) => findNamed(items, word, 'machine'));
      const done: Vm[] = [];
      let failures = 0;
      for (const { id, name } of vms) {
        try {
          const vm = await api.call(call, { id });
          const waits = given.options['wait'] === true;
          done.push(waits ? await untilState(context, given, vm, goal) : vm);
        } catch (error) {
          if (vms.length === 1) throw error;
          failures += 1;
          output.note(`${name}: ${(error as Error).message}`);
        }
      }
      output.answer(done.length === 1 ? done[0] : done, () =>
        done.map(({ name, state }) => `${name} is ${state}.`).join('\n'),
      );
      return failures === 0 ? 0 : 1;
    },
  };
}

/** @throws CliError when it does not come to that in time */
async function untilState(
  { api, signal }: Context,
  given: Given,
  vm: Vm,
  goal: VmState,
): Promise<Vm> {
  const seconds = numberOf(given, 'timeout') ?? WAIT_SECONDS;
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const now = await api.call('getVm', { id: vm.id }, signal);
    if (now.state === goal) return now;
    const why = now.problem ?? now.crash;
    if (why !== null && goal !== 'stopped') {
      throw new CliError('message' in why ? why.message : why.detail, why.hint);
    }
    if (Date.now() > deadline) {
      const hint = 'Wait longer with --timeout SECONDS, or look at `virtdeck vm show`.';
      throw new CliError(`${vm.name} is ${now.state} after ${seconds} s.`, hint);
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

const remove: Command = {
  name: 'vm rm',
  summary: 'Delete machines. Their disks stay.',
  arguments: [VMS],
  options: { force: { summary: 'Pull the plug of one that runs.' } },
  run: async ({ api, output }, given) => {
    const { items } = await api.call('listVms', {});
    for (const { id, name, state } of given.words.map((w) => findNamed(items, w, 'machine'))) {
      const runs = state !== 'stopped' && state !== 'crashed';
      if (runs && given.options['force'] === true) await api.call('stopVm', { id });
      await api.call('deleteVm', { id });
      output.answer({ id, name }, () => `${name} is deleted.`);
    }
    return undefined;
  },
};

const log: Command = {
  name: 'vm log',
  summary: 'Print what the machine’s console printed.',
  arguments: [VM],
  options: { monitor: { summary: 'The monitor’s own log instead.' } },
  run: async ({ api, output }, { words: [name = ''], options }) => {
    const { id } = await findVm(api, name);
    const call = options['monitor'] === true ? 'getVmLog' : 'getConsoleLog';
    const response = await api.call(call, { id });
    output.raw(new Uint8Array(await response.arrayBuffer()));
    return undefined;
  },
};

const events: Command = {
  name: 'vm events',
  summary: 'Tell what happened to a machine, newest first.',
  arguments: [VM],
  options: {},
  run: async ({ api, output }, { words: [name = ''] }) => {
    const { id } = await findVm(api, name);
    const answer = await api.call('listVmEvents', { id });
    output.table(answer, {
      columns: ['WHEN', 'WHAT', 'DETAIL'],
      rows: answer.items.map(({ at, kind, detail }) => [
        at,
        kind,
        Object.entries(detail)
          .map(([key, value]) => `${key}=${value}`)
          .join(' '),
      ]),
      empty: 'Nothing happened yet.',
    });
    return undefined;
  },
};

const consoleOptions: Readonly<Record<string, Option>> = {
  take: { summary: 'Take control from whoever types.' },
  'read-only': { summary: 'Watch, and type nothing.' },
  timeout: { summary: 'Leave after so long.', value: 'SECONDS' },
};

function attach(name: string): Command {
  return {
    name,
    summary: 'Attach this terminal to a machine’s console; Ctrl-] leaves it.',
    arguments: [VM],
    options: consoleOptions,
    run: async (context, given) => {
      const vm = await findVm(context.api, given.words[0] ?? '');
      const seconds = numberOf(given, 'timeout');
      return await attachConsole(context, vm, {
        take: given.options['take'] === true,
        readOnly: given.options['read-only'] === true,
        ...(seconds === undefined ? {} : { timeoutMs: seconds * 1000 }),
      });
    },
  };
}

export const VM_COMMANDS: readonly Command[] = [
  list,
  show,
  create,
  act('start', 'startVm', 'running', 'Start machines.'),
  act('shutdown', 'shutdownVm', 'stopped', 'Press the power button of machines.'),
  act('stop', 'stopVm', 'stopped', 'Pull the plug of machines.'),
  act('pause', 'pauseVm', 'paused', 'Halt machines.'),
  act('resume', 'resumeVm', 'running', 'Let halted machines go on.'),
  act('reset', 'resetVm', 'running', 'Boot machines anew.'),
  remove,
  log,
  events,
  attach('vm console'),
  attach('console'),
];
