import type { Command } from '../command';
import { textOf } from '../parse';
import { formatSize } from '../sizes';

const host: Command = {
  name: 'host',
  summary: 'Tell of the host.',
  arguments: [],
  options: {},
  run: async ({ api, output }) => {
    const host = await api.call('getHost', {});
    const free = formatSize(host.memoryAvailableBytes);
    output.table(host, {
      columns: ['WHAT', ''],
      rows: [
        ['Name', host.hostname],
        ['Kernel', host.kernel],
        ['Processor', `${host.cpuModel}, ${host.cpus} cores`],
        ['Memory', `${formatSize(host.memoryBytes)}, ${free} free`],
        ['Free for data', formatSize(host.dataFreeBytes)],
        ['KVM', host.kvm.available ? 'available' : `${host.kvm.detail} ${host.kvm.hint}`],
        ['virtdeck', host.version],
      ],
      empty: '',
    });
    return undefined;
  },
};

const audit: Command = {
  name: 'audit',
  summary: 'Tell who did what, newest first.',
  arguments: [],
  options: {
    user: { summary: 'Only of this user.', value: 'NAME' },
    outcome: {
      summary: 'Only what ended so.',
      value: 'OUTCOME',
      choices: ['ok', 'refused', 'failed'],
    },
  },
  run: async ({ api, output }, given) => {
    const user = textOf(given, 'user');
    const outcome = textOf(given, 'outcome') as 'ok' | undefined;
    const query = {
      ...(user === undefined ? {} : { user }),
      ...(outcome === undefined ? {} : { outcome }),
    };
    const answer = await api.call('listAudit', { query });
    output.table(answer, {
      columns: ['WHEN', 'WHO', 'FROM', 'WHAT', 'OF', 'OUTCOME'],
      rows: answer.items.map((entry) => [
        entry.at,
        entry.userName,
        entry.address,
        entry.action,
        entry.resourceName || entry.resourceId,
        entry.code === null ? entry.outcome : `${entry.outcome} (${entry.code})`,
      ]),
      empty: 'Nothing was done yet.',
    });
    return undefined;
  },
};

export const CONSOLE_COMMANDS: readonly Command[] = [host, audit];
