import { MiB } from '@/server/api/vm-config';
import { type CreateVm, createVmSchema } from '@/server/api/vms';

export const MEMORY_UNITS = { MiB, GiB: 1024 * MiB } as const;
export type MemoryUnit = keyof typeof MEMORY_UNITS;

/** What stands in the fields: figures as they are typed, right or wrong. */
export interface CreateValues {
  name: string;
  vcpus: string;
  memory: string;
  memoryUnit: MemoryUnit;
  cmdline: string;
}

/** Fields that can be wrong, by the name the API gives them. */
const FIELD_OF: Readonly<Record<string, keyof CreateValues>> = {
  name: 'name',
  'config.cpu.count': 'vcpus',
  'config.memory.bytes': 'memory',
  'config.boot.cmdline': 'cmdline',
};

export function fieldOf(path: string): keyof CreateValues | undefined {
  return FIELD_OF[path];
}

/** The API's own defaults, so that a form nobody touches asks for nothing else. */
export function defaultValues(name: string): CreateValues {
  const { boot, cpu, memory } = createVmSchema.parse({ name: 'any' }).config;
  return {
    name,
    vcpus: String(cpu.count),
    ...splitMemory(memory.bytes),
    cmdline: boot.cmdline,
  };
}

/** In the largest unit that leaves a whole number. */
export function splitMemory(bytes: number): Pick<CreateValues, 'memory' | 'memoryUnit'> {
  const memoryUnit: MemoryUnit = bytes % MEMORY_UNITS.GiB === 0 ? 'GiB' : 'MiB';
  return { memory: String(bytes / MEMORY_UNITS[memoryUnit]), memoryUnit };
}

export function memoryBytesOf({ memory, memoryUnit }: CreateValues): number {
  return toNumber(memory) * MEMORY_UNITS[memoryUnit];
}

/** @returns the request, checked by nobody yet */
export function toRequest(values: CreateValues, start: boolean) {
  return {
    name: values.name.trim(),
    config: {
      boot: { from: 'default', cmdline: values.cmdline.trim() },
      cpu: { count: toNumber(values.vcpus) },
      memory: { bytes: memoryBytesOf(values) },
    },
    start,
  } satisfies CreateVm;
}

/** An empty field is no number, where `Number` takes it for 0. */
function toNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text.replace(',', '.'));
}
