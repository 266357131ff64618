import { BASELINE_PHYSICAL_BITS, CPU_TEMPLATES, type CpuTemplate } from '../cpu/cpu-template';
import type { SchedulingConfig } from '../cpu/scheduling';
import { ramRegions } from '../memory/address-space';
import { ConfigError, integer, listOf, object, oneOf, onlyKeys, optional } from './config-checks';

export type { SchedulingConfig };

export interface CpuConfig {
  readonly template: CpuTemplate;
}

/**
 * What processor the guest sees.
 * @throws ConfigError, also when the template has no addresses for that much memory
 */
export function parseCpuConfig(value: unknown, field: string, memoryBytes: number): CpuConfig {
  const cpu = object(value, field);
  onlyKeys(cpu, field, ['template']);
  const template = oneOf(cpu['template'], `${field}.template`, CPU_TEMPLATES);
  const end = Math.max(...ramRegions(memoryBytes).map((region) => region.gpa + region.size));
  if (template === 'baseline' && end > 2 ** BASELINE_PHYSICAL_BITS) {
    throw new ConfigError(
      `${field}.template`,
      `a baseline processor has ${BASELINE_PHYSICAL_BITS} address bits, too few for ${memoryBytes} bytes`,
      'Give the machine less memory, or the template host.',
    );
  }
  return { template };
}

// What setpriority(2) takes.
const MIN_NICE = -20;
const MAX_NICE = 19;

/**
 * How the host runs the vCPUs.
 * @param hostCpus the numbers of this host's processors
 * @throws ConfigError
 */
export function parseScheduling(
  value: unknown,
  field: string,
  vcpus: number,
  hostCpus: readonly number[],
): SchedulingConfig {
  const scheduling = object(value, field);
  onlyKeys(scheduling, field, ['nice', 'affinity']);
  return {
    ...optional(scheduling, 'nice', (nice, key) =>
      integer(nice, `${field}.${key}`, MIN_NICE, MAX_NICE),
    ),
    ...optional(scheduling, 'affinity', (affinity, key) =>
      parseAffinity(affinity, `${field}.${key}`, vcpus, hostCpus),
    ),
  };
}

function parseAffinity(
  value: unknown,
  field: string,
  vcpus: number,
  hostCpus: readonly number[],
): readonly (readonly number[])[] {
  const affinity = listOf(value, field, vcpus, (cpus, place) => parseCpus(cpus, place, hostCpus));
  if (affinity.length < vcpus) {
    throw new ConfigError(
      field,
      `has ${affinity.length} elements, the machine ${vcpus} vCPUs`,
      'Give a list of host processors for each vCPU.',
    );
  }
  return affinity;
}

function parseCpus(value: unknown, field: string, hostCpus: readonly number[]): readonly number[] {
  const cpus = listOf(value, field, hostCpus.length, (cpu, place) =>
    integer(cpu, place, 0, Number.MAX_SAFE_INTEGER),
  );
  const hint = `Give some of ${hostCpus.join(', ')}.`;
  if (cpus.length === 0) throw new ConfigError(field, 'is empty', hint);
  const stranger = cpus.find((cpu) => !hostCpus.includes(cpu));
  if (stranger !== undefined) {
    throw new ConfigError(field, `${stranger} is no processor of this host`, hint);
  }
  return cpus;
}
