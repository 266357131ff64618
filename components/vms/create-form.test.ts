import { describe, expect, it } from 'vitest';
import { createVmSchema } from '@/server/api/vms';
import { asCurl } from './as-curl';
import { createResolver } from './create-resolver';
import { type CreateValues, defaultValues, splitMemory, toRequest } from './create-values';
import { nextName } from './next-name';

const MiB = 1024 * 1024;
const values = (parts: Partial<CreateValues> = {}): CreateValues => ({
  ...defaultValues('linux-1'),
  ...parts,
});

async function errorsOf(parts: Partial<CreateValues>) {
  const { errors } = await createResolver(values(parts), undefined, {
    fields: {},
    shouldUseNativeValidation: false,
  });
  return Object.fromEntries(Object.entries(errors).map(([name, error]) => [name, error?.message]));
}

describe('the values of the form', () => {
  it('ask, untouched, for what the API gives by itself', () => {
    expect(createVmSchema.parse(toRequest(values(), false))).toEqual(
      createVmSchema.parse({ name: 'linux-1' }),
    );
  });

  it('take sizes in both units, with a point or a comma', () => {
    expect(toRequest(values({ memory: '1.5', memoryUnit: 'GiB' }), false).config.memory.bytes).toBe(
      1536 * MiB,
    );
    expect(toRequest(values({ memory: '1,5', memoryUnit: 'GiB' }), false).config.memory.bytes).toBe(
      1536 * MiB,
    );
    expect(splitMemory(2048 * MiB)).toEqual({ memory: '2', memoryUnit: 'GiB' });
    expect(splitMemory(1536 * MiB)).toEqual({ memory: '1536', memoryUnit: 'MiB' });
  });
});

describe('the check of the form', () => {
  it('finds nothing in the defaults', async () => expect(await errorsOf({})).toEqual({}));

  it('puts every error beside its field', async () => {
    expect(await errorsOf({ name: ' ', vcpus: '65', memory: '31', cmdline: 'a\nb' })).toEqual({
      name: 'Give the machine a name.',
      vcpus: 'At most 64.',
      memory: 'At least 32 MiB.',
      cmdline: 'No control characters.',
    });
  });

  it.each(['', 'many', '1.5'])('wants a whole number of vCPUs and not %j', async (vcpus) => {
    expect(Object.keys(await errorsOf({ vcpus }))).toEqual(['vcpus']);
  });
});

describe('asCurl', () => {
  it('quotes for a shell', () => {
    const text = asCurl('http://h:1', 'admin', { name: "it's $(here)" });
    expect(text).toContain(`"name": "it'\\''s $(here)"`);
    expect(text).toContain("'http://h:1/api/v1/vms'");
  });
});

describe('nextName', () => {
  it('takes the first that is free', () => {
    expect(nextName([])).toBe('linux-1');
    expect(nextName(['linux-1', 'Linux-2', 'linux-4'])).toBe('linux-3');
  });
});
