import { describe, expect, it } from 'vitest';
import type { Json } from './config-checks';
import { type DevicesConfig, deviceNames, parseDevices as parse } from './config-devices';

const parseDevices = (config: Json): DevicesConfig => parse(config, 64 * 2 ** 20);

const disk = (id: string): object => ({ id, path: `/disks/${id}` });
const nic = (id: string): object => ({ id, tap: 'tap0', mac: '02:00:00:00:00:01' });

describe('the devices of a machine', () => {
  it('may be none', () => {
    expect(parseDevices({})).toEqual({});
  });

  it('have names, in the order of the bus', () => {
    const devices = parseDevices({
      nics: [nic('n')],
      disks: [disk('b'), disk('a')],
      rng: { id: 'r' },
    });
    expect(deviceNames(devices)).toEqual(['b', 'a', 'n', 'r']);
  });

  it.each([
    ['two disks', { disks: [disk('x'), disk('x')] }],
    ['a disk and a nic', { disks: [disk('x')], nics: [nic('x')] }],
  ])('do not share a name: %s', (_what, config) => {
    expect(() => parseDevices(config)).toThrow('x: is the name of two devices');
  });

  it('fit on one bus', () => {
    const disks = Array.from({ length: 31 }, (_, i) => disk(`d${i}`));
    expect(deviceNames(parseDevices({ disks }))).toHaveLength(31);
    expect(() => parseDevices({ disks, rng: { id: 'r' } })).toThrow('room for 31');
    expect(() => parseDevices({ disks: [...disks, disk('more')] })).toThrow('disks: has 32');
  });

  it('are named by their place when something is wrong', () => {
    expect(() => parseDevices({ disks: [disk('a'), { id: 'b', path: 'relative' }] })).toThrow(
      'disks[1].path',
    );
  });
});
