import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeBackend } from '../../net/testing/fake-backend';
import {
  VIRTIO_NET_F_CTRL_GUEST_OFFLOADS,
  VIRTIO_NET_F_CTRL_RX,
  VIRTIO_NET_F_CTRL_VQ,
  VIRTIO_NET_F_GUEST_CSUM,
  VIRTIO_NET_F_GUEST_ECN,
  VIRTIO_NET_F_GUEST_TSO4,
  VIRTIO_NET_F_MQ,
} from './net-features';
import { NetGuest } from './testing/net-guest';

const OK = 0;
const ERROR = 1;
const ALL =
  VIRTIO_NET_F_CTRL_VQ |
  VIRTIO_NET_F_CTRL_RX |
  VIRTIO_NET_F_MQ |
  VIRTIO_NET_F_CTRL_GUEST_OFFLOADS |
  VIRTIO_NET_F_GUEST_CSUM |
  VIRTIO_NET_F_GUEST_TSO4 |
  VIRTIO_NET_F_GUEST_ECN;
const MAC = [2, 0, 0, 0, 0, 1];

describe('the control queue', () => {
  let backend: FakeBackend;
  let guest: NetGuest;

  const start = (features: bigint): void => {
    guest = new NetGuest(backend, { features }).start();
  };

  beforeEach(() => {
    backend = new FakeBackend(2);
  });
  afterEach(() => guest.release());

  it('sets how many queue pairs are in use', () => {
    start(ALL);
    expect(backend.activeQueues).toBe(1);
    expect(guest.command(4, 0, 2, 0)).toBe(OK);
    expect(backend.activeQueues).toBe(2);
  });

  it.each([
    ['none', [4, 0, 0, 0]],
    ['more than there are', [4, 0, 3, 0]],
    ['half a number', [4, 0, 1]],
  ])('refuses %s', (_what, command) => {
    start(ALL);
    expect(guest.command(...command)).toBe(ERROR);
    expect(backend.activeQueues).toBe(1);
  });

  it('switches off what was agreed on, and on again', () => {
    start(ALL);
    const offload = (...bytes: number[]): number | undefined =>
      guest.command(5, 0, ...bytes, 0, 0, 0, 0, 0, 0);
    expect(backend.offloads).toMatchObject({ checksum: true, tso4: true, ecn: true });
    expect(offload(0, 0)).toBe(OK);
    expect(backend.offloads).toMatchObject({ checksum: false, tso4: false, ecn: false });
    expect(offload(0x82, 0)).toBe(OK);
    expect(backend.offloads).toMatchObject({ checksum: true, tso4: true, ecn: false });
    // TSO6 was not.
    expect(offload(0x02, 1)).toBe(ERROR);
    expect(backend.offloads).toMatchObject({ checksum: true, tso4: true, tso6: false });
    expect(guest.command(5, 0, 0, 0)).toBe(ERROR);
  });

  it('says that the host failed', () => {
    start(ALL);
    backend.activateQueues = () => {
      throw new Error('no more queues');
    };
    expect(guest.command(4, 0, 2, 0)).toBe(ERROR);
  });

  it.each([
    ['promiscuous mode', [0, 0, 1], OK],
    ['all multicast frames', [0, 1, 0], OK],
    ['a mode without its value', [0, 0], ERROR],
    ['empty address lists', [1, 0, 0, 0, 0, 0, 0, 0, 0, 0], OK],
    ['an address of each kind', [1, 0, 1, 0, 0, 0, ...MAC, 1, 0, 0, 0, ...MAC], OK],
    ['a list shorter than its count', [1, 0, 2, 0, 0, 0, ...MAC, 1, 0, 0, 0, ...MAC], ERROR],
    ['a count that is out of this world', [1, 0, 255, 255, 255, 255, ...MAC], ERROR],
    ['one list only', [1, 0, 1, 0, 0, 0, ...MAC], ERROR],
    ['a VLAN filter', [2, 0, 5, 0], ERROR],
    ['an unknown class', [77, 0, 0], ERROR],
    ['half a command', [0], ERROR],
  ])('answers %s', (_what, command, acknowledgement) => {
    start(ALL);
    expect(guest.command(...command)).toBe(acknowledgement);
  });

  it('refuses what was not agreed on', () => {
    start(VIRTIO_NET_F_CTRL_VQ);
    const commands = [
      [0, 0, 1],
      [1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      [4, 0, 1, 0],
      [5, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ];
    expect(commands.map((command) => guest.command(...command))).toEqual([1, 1, 1, 1]);
  });

  it('breaks when a command has no room for the acknowledgement', () => {
    start(ALL);
    guest.control.send({ data: Uint8Array.from([0, 0, 1]) });
    guest.device.notify(4);
    expect(guest.control.brokenBy).toContain('acknowledgement');
  });

  it('follows the pairs that the driver knows of', () => {
    start(VIRTIO_NET_F_CTRL_VQ | VIRTIO_NET_F_CTRL_RX);
    // With MQ it would be the receive queue of the second pair.
    guest.control.send({ data: Uint8Array.from([0, 0, 1]) }, { space: 1 });
    guest.device.notify(2);
    expect(guest.control.takeUsed()).toHaveLength(1);
  });
});
