import { describe, expect, it } from 'vitest';
import { createVmSchema } from '@/server/api/vms';
import { someVm } from '../../api/testing/fixtures';
import { vmErrors } from './vm-resolver';
import { defaultValues, fieldOf, splitMemory, toVm, type VmValues, valuesOf } from './vm-values';

const MiB = 1024 * 1024;
const values = (parts: Partial<VmValues> = {}): VmValues => ({
  ...defaultValues('linux-1'),
  ...parts,
});
const errorsOf = (parts: Partial<VmValues>) =>
  Object.fromEntries(
    Object.entries(vmErrors(values(parts))).map(([name, error]) => [name, error?.message]),
  );

describe('the values of the form', () => {
  it('ask, untouched, for what the API gives by itself', () => {
    expect(createVmSchema.parse(toVm(values()))).toEqual(createVmSchema.parse({ name: 'linux-1' }));
  });

  it('take sizes in both units, with a point or a comma', () => {
    const bytesOf = (memory: string) => toVm(values({ memory, memoryUnit: 'GiB' })).config.memory;
    expect(bytesOf('1.5').bytes).toBe(1536 * MiB);
    expect(bytesOf('1,5').bytes).toBe(1536 * MiB);
    expect(splitMemory(2048 * MiB)).toEqual({ memory: '2', memoryUnit: 'GiB' });
    expect(splitMemory(1536 * MiB)).toEqual({ memory: '1536', memoryUnit: 'MiB' });
  });

  it('take tags as people write them', () =>
    expect(toVm(values({ tags: ' ci, web  spot，测试 ' })).tags).toEqual([
      'ci',
      'web',
      'spot',
      '测试',
    ]));

  it('come back as the machine has them', () => {
    const { config } = createVmSchema.parse({
      name: 'any',
      config: {
        boot: { from: 'kernel', kernelId: 'k', initrdId: 'i', cmdline: 'quiet' },
        cpu: { count: 3, template: 'baseline' },
        memory: { bytes: 96 * MiB, pages: 'small', balloon: false },
        ...{ rng: false, restart: 'always', autostart: true },
      },
    });
    const { name, notes, tags } = someVm({ tags: ['a', 'b'], notes: 'mine' });
    expect(toVm(valuesOf({ name, notes, tags, config }))).toEqual({
      ...{ name, notes, tags },
      config: { ...config, version: undefined },
    });
  });
});

describe('the check of the form', () => {
  it('finds nothing in the defaults', () => expect(errorsOf({})).toEqual({}));

  it('puts every error beside its field', () => {
    expect(
      errorsOf({
        ...{ name: ' ', vcpus: '65', memory: '31', cmdline: 'a\nb', tags: 'fine, -wrong' },
        bootFrom: 'kernel',
      }),
    ).toEqual({
      name: 'Give the machine a name.',
      vcpus: 'At most 64.',
      memory: 'At least 32 MiB.',
      cmdline: 'No control characters.',
      tags: 'Up to 32 letters, digits, dots and dashes.',
      kernelId: 'Choose an image.',
    });
  });

  it.each(['', 'many', '1.5'])('wants a whole number of vCPUs and not %j', (vcpus) => {
    expect(Object.keys(errorsOf({ vcpus }))).toEqual(['vcpus']);
  });

  it('finds the field of what the server complains of', () => {
    expect(fieldOf('config.cpu.count')).toBe('vcpus');
    expect(fieldOf('tags.3')).toBe('tags');
    expect(fieldOf('config.rng')).toBeUndefined();
  });
});
