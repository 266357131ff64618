import { describe, expect, it } from 'vitest';
import { parseMachineConfig } from './config';
import { ConfigError } from './config-checks';
import { parseCpuConfig, parseScheduling } from './config-cpu';

const GiB = 2 ** 30;
const HOST_CPUS = [0, 1, 4];

function refusalOf(parse: () => unknown): ConfigError {
  try {
    parse();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('was taken');
}

describe('the processor of a machine', () => {
  it.each(['host', 'baseline'])('may be %s', (template) => {
    expect(parseCpuConfig({ template }, 'cpu', GiB)).toEqual({ template });
  });

  it.each([
    ['cpu', 'baseline'],
    ['cpu.template', {}],
    ['cpu.template', { template: 'pentium' }],
    ['cpu.cores', { template: 'host', cores: 2 }],
  ])('is refused naming %s', (field, cpu) => {
    expect(refusalOf(() => parseCpuConfig(cpu, 'cpu', GiB)).field).toBe(field);
  });

  it('must reach all memory, up to the last byte above the hole', () => {
    const parse = (memory: number): unknown =>
      parseCpuConfig({ template: 'baseline' }, 'cpu', memory);
    expect(parse(511 * GiB)).toEqual({ template: 'baseline' });
    expect(refusalOf(() => parse(512 * GiB)).message).toContain('39 address bits');
    expect(parseCpuConfig({ template: 'host' }, 'cpu', 512 * GiB)).toEqual({ template: 'host' });
  });
});

describe('the scheduling of vCPUs', () => {
  const parse = (scheduling: unknown): unknown =>
    parseScheduling(scheduling, 'scheduling', 2, HOST_CPUS);

  it.each([
    {},
    { nice: -20 },
    { nice: 19, affinity: [[0], [4]] },
    {
      affinity: [
        [0, 1],
        [0, 1, 4],
      ],
    },
  ])('is taken as it is: %j', (scheduling) => {
    expect(parse(scheduling)).toEqual(scheduling);
  });

  it.each([
    ['scheduling', 5],
    ['scheduling.priority', { priority: 1 }],
    ['scheduling.nice', { nice: -21 }],
    ['scheduling.nice', { nice: 20 }],
    ['scheduling.nice', { nice: 0.5 }],
    ['scheduling.affinity', { affinity: 1 }],
    ['scheduling.affinity', { affinity: [] }],
    ['scheduling.affinity', { affinity: [[0]] }],
    ['scheduling.affinity', { affinity: [[0], [1], [1]] }],
    ['scheduling.affinity[1]', { affinity: [[0], []] }],
    ['scheduling.affinity[1]', { affinity: [[0], [2]] }],
    ['scheduling.affinity[0]', { affinity: [[0, 0, 0, 0], [1]] }],
    ['scheduling.affinity[0][0]', { affinity: [[-1], [1]] }],
    ['scheduling.affinity[0][0]', { affinity: [['0'], [1]] }],
  ])('is refused naming %s', (field, scheduling) => {
    expect(refusalOf(() => parse(scheduling)).field).toBe(field);
  });

  it('is refused with the processors there are', () => {
    const refusal = refusalOf(() => parse({ affinity: [[0], [2]] }));
    expect(refusal.message).toContain('2 is no processor of this host');
    expect(refusal.hint).toBe('Give some of 0, 1, 4.');
  });
});

describe('a machine configuration', () => {
  const good = { id: 'vm', vcpus: 1, memoryBytes: 64 * 2 ** 20, boot: { kernel: '/k' } };

  it('takes both', () => {
    const cpu = { template: 'baseline' };
    const scheduling = { nice: 5, affinity: [[0]] };
    expect(parseMachineConfig({ ...good, cpu, scheduling }, GiB)).toMatchObject({
      cpu,
      scheduling,
    });
  });

  it('has neither by itself', () => {
    const config = parseMachineConfig(good, GiB);
    expect([config.cpu, config.scheduling]).toEqual([undefined, undefined]);
  });
});
