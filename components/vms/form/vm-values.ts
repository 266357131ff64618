import { GiB, MiB, SECTOR_BYTES } from '@/server/api/limits';
import type { VmConfig } from '@/server/api/vm-config';
import { type CreateVm, createVmSchema, type Vm } from '@/server/api/vms';

export const MEMORY_UNITS = { MiB, GiB } as const;
export type MemoryUnit = keyof typeof MEMORY_UNITS;

/** What stands in the fields of a machine: figures as they are typed, right or wrong. */
export interface VmValues {
  name: string;
  /** With commas or spaces. */
  tags: string;
  notes: string;
  bootFrom: VmConfig['boot']['from'];
  kernelId: string;
  /** Empty: none. */
  initrdId: string;
  cmdline: string;
  vcpus: string;
  cpuTemplate: VmConfig['cpu']['template'];
  memory: string;
  memoryUnit: MemoryUnit;
  pages: VmConfig['memory']['pages'];
  balloon: boolean;
  rng: boolean;
  restart: VmConfig['restart'];
  autostart: boolean;
}

/** Fields that can be wrong, by the name the API gives them. */
const FIELD_OF: Readonly<Record<string, keyof VmValues>> = {
  name: 'name',
  tags: 'tags',
  notes: 'notes',
  'config.boot.kernelId': 'kernelId',
  'config.boot.initrdId': 'initrdId',
  'config.boot.cmdline': 'cmdline',
  'config.cpu.count': 'vcpus',
  'config.memory.bytes': 'memory',
};

/** @param path of the request, for example `config.cpu.count` or `tags.2` */
export function fieldOf(path: string): keyof VmValues | undefined {
  return FIELD_OF[path] ?? FIELD_OF[path.split('.')[0] ?? ''];
}

/** The API's own defaults, so that a form nobody touches asks for nothing else. */
export function defaultValues(name: string): VmValues {
  const { notes, tags, config } = createVmSchema.parse({ name: 'any' });
  return valuesOf({ name, notes, tags, config });
}

export function valuesOf({
  name,
  notes,
  tags,
  config,
}: Pick<Vm, 'name' | 'notes' | 'tags' | 'config'>): VmValues {
  const { boot, cpu, memory, rng, restart, autostart } = config;
  return {
    ...{ name, notes, tags: tags.join(', ') },
    bootFrom: boot.from,
    kernelId: boot.from === 'kernel' ? boot.kernelId : '',
    initrdId: boot.from === 'kernel' ? (boot.initrdId ?? '') : '',
    cmdline: boot.cmdline,
    vcpus: String(cpu.count),
    cpuTemplate: cpu.template,
    ...splitMemory(memory.bytes),
    pages: memory.pages,
    balloon: memory.balloon,
    ...{ rng, restart, autostart },
  };
}

/** In the largest unit that leaves a whole number. */
export function splitMemory(bytes: number): Pick<VmValues, 'memory' | 'memoryUnit'> {
  const memoryUnit: MemoryUnit = bytes % GiB === 0 ? 'GiB' : 'MiB';
  return { memory: String(bytes / MEMORY_UNITS[memoryUnit]), memoryUnit };
}

export function memoryBytesOf({ memory, memoryUnit }: VmValues): number {
  return toNumber(memory) * MEMORY_UNITS[memoryUnit];
}

/** @param text of GiB. @returns the nearest number of bytes a disk can have */
export function diskBytesOf(text: string): number {
  return Math.round((toNumber(text) * GiB) / SECTOR_BYTES) * SECTOR_BYTES;
}

/** @returns what the fields say of the machine, checked by nobody yet */
export function toVm(values: VmValues) {
  const cmdline = values.cmdline.trim();
  return {
    name: values.name.trim(),
    notes: values.notes.trim(),
    tags: values.tags.split(/[\s,，、]+/).filter((tag) => tag !== ''),
    config: {
      boot:
        values.bootFrom === 'default'
          ? { from: 'default' as const, cmdline }
          : {
              from: 'kernel' as const,
              kernelId: values.kernelId,
              initrdId: values.initrdId === '' ? null : values.initrdId,
              cmdline,
            },
      cpu: { count: toNumber(values.vcpus), template: values.cpuTemplate },
      memory: { bytes: memoryBytesOf(values), pages: values.pages, balloon: values.balloon },
      rng: values.rng,
      restart: values.restart,
      autostart: values.autostart,
    },
  } satisfies CreateVm;
}

/** An empty field is no number, where `Number` takes it for 0. */
function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text.replace(',', '.'));
}
