import type { HostSample, VmSample } from '../api/metrics';
import type { Vm } from '../api/vms';
import { vmStateSchema } from '../api/vms';

/** Prometheus' text format, version 0.0.4. */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export interface Facts {
  readonly version: string;
  /** Each machine with its newest sample, if it has one. */
  readonly machines: readonly { readonly vm: Vm; readonly sample: VmSample | undefined }[];
  readonly host: HostSample | undefined;
  readonly process: {
    readonly cpuSeconds: number;
    readonly residentBytes: number;
    readonly startedAt: Date;
  };
}

type Labels = Readonly<Record<string, string>>;

/** What is known now, for a scrape. Figures of the guest's own are named so: it may tell anything. */
export function exposition({ version, machines, host, process }: Facts): string {
  const text = new Exposition();
  text.family('virtdeck_info', 'gauge', 'The version of the console.', [[{ version }, 1]]);
  text.family('process_cpu_seconds_total', 'counter', 'CPU time of the console.', [
    [{}, process.cpuSeconds],
  ]);
  text.family('process_resident_memory_bytes', 'gauge', 'Memory of the console.', [
    [{}, process.residentBytes],
  ]);
  text.family('process_start_time_seconds', 'gauge', 'When the console started.', [
    [{}, process.startedAt.getTime() / 1000],
  ]);
  if (host !== undefined) writeHost(text, host);
  writeMachines(text, machines);
  return text.toString();
}

function writeHost(text: Exposition, { cpu, memory, load1, dataFreeBytes, pressure }: HostSample) {
  const gauge = (name: string, help: string, value: number): void =>
    text.family(`virtdeck_host_${name}`, 'gauge', help, [[{}, value]]);
  text.family(
    'virtdeck_host_cpu_busy_ratio',
    'gauge',
    'Share of the last second that a core was busy.',
    cpu.cores.map((busy, core) => [{ core: String(core) }, busy]),
  );
  gauge('memory_bytes', 'Memory of the host.', memory.totalBytes);
  gauge('memory_available_bytes', 'Memory that can be had.', memory.availableBytes);
  gauge('load1', 'Load average of a minute.', load1);
  gauge('data_free_bytes', 'Free space for the data directory.', dataFreeBytes);
  if (pressure === null) return;
  text.family(
    'virtdeck_host_pressure_ratio',
    'gauge',
    'Share of the last ten seconds in which something waited.',
    Object.entries(pressure).map(([resource, value]) => [{ resource }, value]),
  );
}

function writeMachines(text: Exposition, machines: Facts['machines']): void {
  const labels = ({ id, name }: Vm): Labels => ({ vm: id, name });
  text.family(
    'virtdeck_vm_state',
    'gauge',
    'One for the state that the machine is in.',
    machines.flatMap(({ vm }) =>
      vmStateSchema.options.map((state): [Labels, number] => [
        { ...labels(vm), state },
        vm.state === state ? 1 : 0,
      ]),
    ),
  );
  const known = machines.flatMap(({ vm, sample }) =>
    sample === undefined || !isTold(vm) ? [] : [{ vm, sample }],
  );
  const write = (
    name: string,
    type: 'counter' | 'gauge',
    help: string,
    of: (sample: VmSample) => number | null,
  ): void =>
    text.family(
      `virtdeck_vm_${name}`,
      type,
      help,
      known.flatMap(({ vm, sample }): [Labels, number][] => {
        const value = of(sample);
        return value === null ? [] : [[labels(vm), value]];
      }),
    );
  write(
    'cpu_seconds_total',
    'counter',
    'Time of the vCPUs on a core.',
    ({ totals }) => totals.runNs / 1e9,
  );
  write(
    'cpu_wait_seconds_total',
    'counter',
    'Time that vCPUs waited for a core.',
    ({ totals }) => totals.waitNs / 1e9,
  );
  write('exits_total', 'counter', 'Exits to the monitor.', ({ totals }) => totals.exits);
  write('boots_total', 'counter', 'Boots since its monitor started.', ({ totals }) => totals.boots);
  write(
    'console_output_bytes_total',
    'counter',
    'What the guest has printed.',
    ({ totals }) => totals.consoleOutputBytes,
  );
  write(
    'disk_read_bytes_total',
    'counter',
    'Read from all disks.',
    ({ totals }) => totals.diskReadBytes,
  );
  write(
    'disk_written_bytes_total',
    'counter',
    'Written to all disks.',
    ({ totals }) => totals.diskWrittenBytes,
  );
  write(
    'network_receive_bytes_total',
    'counter',
    'Received by the guest.',
    ({ totals }) => totals.netRxBytes,
  );
  write(
    'network_transmit_bytes_total',
    'counter',
    'Sent by the guest.',
    ({ totals }) => totals.netTxBytes,
  );
  write(
    'queue_faults_total',
    'counter',
    'Rules of virtqueues that drivers broke.',
    ({ totals }) => totals.queueFaults,
  );
  write('memory_bytes', 'gauge', 'Memory of the machine.', ({ memory }) => memory.sizeBytes);
  write(
    'memory_resident_bytes',
    'gauge',
    'What it takes of the host.',
    ({ memory }) => memory.residentBytes,
  );
  write(
    'memory_guest_used_bytes',
    'gauge',
    'What the guest says it uses.',
    ({ memory }) => memory.guestUsedBytes,
  );
  write(
    'monitor_resident_bytes',
    'gauge',
    'Memory of its monitor.',
    ({ monitor }) => monitor.residentBytes,
  );
}

/** Whether its newest sample is of now: not that of a run that is over, or before its monitor hung. */
function isTold({ state, silentSince }: Vm): boolean {
  return state !== 'stopped' && state !== 'crashed' && silentSince === null;
}

class Exposition {
  private readonly lines: string[] = [];

  family(
    name: string,
    type: 'counter' | 'gauge',
    help: string,
    samples: readonly (readonly [Labels, number])[],
  ): void {
    if (samples.length === 0) return;
    this.lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const [labels, value] of samples) this.lines.push(`${name}${format(labels)} ${value}`);
  }

  toString(): string {
    return `${this.lines.join('\n')}\n`;
  }
}

function format(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${quoted(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** A name is people's: it may hold what would end the label. */
function quoted(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
