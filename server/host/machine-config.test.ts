import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { parseMachineConfig } from '../../vmm-core/machine/config';
import type { MachineSpec } from './agent';
import { configOf, diskSerial } from './machine-config';

const SPEC: MachineSpec = {
  id: '6a204bd8-9f0e-4a6c-8d3e-3f6f0c6d9a11',
  vcpus: 2,
  cpuTemplate: 'baseline',
  memoryBytes: 256 * 1024 * 1024,
  memoryPages: 'small',
  balloon: true,
  rng: true,
  restart: 'on-crash',
  kernel: '/images/kernel',
  initrd: '/images/initrd',
  cmdline: 'quiet',
  disks: [
    { id: '0f1e2d3c-4b5a-4968-8776-655443322110', path: '/disks/a', readOnly: false },
    { id: '1f1e2d3c-4b5a-4968-8776-655443322110', path: '/disks/b', readOnly: true },
  ],
};

describe('what a monitor is told of a machine', () => {
  it('is taken by it, with all that a machine can have', () => {
    const config = parseMachineConfig(JSON.parse(JSON.stringify(configOf(SPEC))), totalmem());
    expect(config).toMatchObject({ vcpus: 2, memoryBytes: SPEC.memoryBytes });
    expect(config.disks?.map(({ id, readOnly }) => [id, readOnly])).toEqual([
      ['0f1e2d3c4b5a49688776', false],
      ['1f1e2d3c4b5a49688776', true],
    ]);
  });

  it('calls a disk the same whenever it is asked', () => {
    const [disk] = SPEC.disks;
    expect(diskSerial(disk?.id ?? '')).toBe(configOf(SPEC).disks?.[0]?.id);
  });
});
