import { VirtioBalloon } from '../devices/virtio/balloon';
import { VirtioBlock } from '../devices/virtio/block';
import { VirtioConsole } from '../devices/virtio/console';
import { type PortSocket, servePort, serveTerminal } from '../devices/virtio/console-sockets';
import { VirtioNet } from '../devices/virtio/net';
import { VirtioRng } from '../devices/virtio/rng';
import type { VirtioDevice } from '../devices/virtio/virtio-device';
import { VirtioVsock } from '../devices/virtio/vsock/vsock';
import { HUGE_PAGE, SMALL_PAGE } from '../memory/page-kind';
import { Tap } from '../net/tap';
import { openDisk } from '../storage/open-disk';
import type { MachineConfig } from './config';
import { type BalloonConfig, balloonTarget, statsInterval } from './config-balloon';
import { ConfigError, flag, type Json, onlyKeys } from './config-checks';
import { type ConsoleConfig, terminalSize } from './config-console';
import type { DiskConfig } from './config-disk';
import { macBytes, type NetConfig } from './config-net';
import type { RngConfig } from './config-rng';
import type { VsockConfig } from './config-vsock';

/** A device, and what can be changed of it while the machine runs. */
interface ManagedDevice {
  readonly virtio: VirtioDevice;
  /** Fields of a change, and what each does. @throws ConfigError on a value that cannot be */
  readonly changes: Readonly<Record<string, (value: unknown, field: string) => void>>;
  /** Lets go of what it has of the host beside what the device itself has. */
  close?(): Promise<unknown>;
}

/**
 * The virtio devices of a machine with what they hold of the host: files, taps, sockets. They are
 * opened when the machine starts, stay through its resets, and are closed when it stops.
 */
export class DeviceSet {
  private constructor(private readonly devices: readonly ManagedDevice[]) {}

  /**
   * @param workerProgram what worker threads run; see monitor/main.ts
   * @throws an error with a hint when the host does not give one of them; none is open then
   */
  static open(config: MachineConfig, workerProgram: string): DeviceSet {
    const opened: ManagedDevice[] = [];
    try {
      for (const disk of config.disks ?? []) opened.push(openBlock(disk, workerProgram));
      for (const nic of config.nics ?? []) opened.push(openNic(nic));
      if (config.rng !== undefined) opened.push(openRng(config.rng));
      if (config.balloon !== undefined) opened.push(openBalloon(config.balloon, config));
      if (config.vsock !== undefined) opened.push(openVsock(config.vsock));
      if (config.console !== undefined) opened.push(openConsole(config.console));
      return new DeviceSet(opened);
    } catch (error) {
      for (const device of opened) void closeDevice(device);
      throw error;
    }
  }

  get virtio(): readonly VirtioDevice[] {
    return this.devices.map((device) => device.virtio);
  }

  /**
   * Changes a device of the running machine.
   * @param change the fields to change; all are known, or none is changed
   * @throws ConfigError naming the field
   */
  change(name: string, change: Json): void {
    const device = this.devices.find(({ virtio }) => virtio.name === name);
    if (device === undefined) {
      const known = this.devices.map(({ virtio }) => virtio.name).join(', ') || 'none';
      throw new ConfigError(name, 'is no device of this machine', `Its devices: ${known}.`);
    }
    onlyKeys(change, name, Object.keys(device.changes));
    for (const [field, value] of Object.entries(change)) {
      device.changes[field]?.(value, `${name}.${field}`);
    }
  }

  /** The machine is gone already. */
  async close(): Promise<void> {
    await Promise.all(this.devices.map(closeDevice));
  }
}

async function closeDevice(device: ManagedDevice): Promise<void> {
  await Promise.all([device.close?.(), device.virtio.close()]);
}

function openBlock(config: DiskConfig, workerProgram: string): ManagedDevice {
  const { id, queues, limit } = config;
  const virtio = new VirtioBlock(
    { name: id, serial: id, queues, ...(limit === undefined ? {} : { limit }) },
    (maxRequests, onComplete, onBatch) =>
      openDisk({ ...config, maxRequests, workerProgram }, onComplete, onBatch),
  );
  return {
    virtio,
    changes: {
      resized: (value, field) => {
        if (flag(value, field)) virtio.resized();
      },
    },
  };
}

function openNic(config: NetConfig): ManagedDevice {
  const backend = Tap.open(config.tap, config.queuePairs);
  const virtio = new VirtioNet(backend, { ...config, name: config.id, mac: macBytes(config.mac) });
  return {
    virtio,
    changes: { linkUp: (value, field) => virtio.setLink(flag(value, field)) },
  };
}

function openRng({ id, ...options }: RngConfig): ManagedDevice {
  return { virtio: new VirtioRng({ name: id, ...options }), changes: {} };
}

function openBalloon(
  { id, ...options }: BalloonConfig,
  { memoryBytes, memoryPages }: MachineConfig,
): ManagedDevice {
  const hostPage = memoryPages === 'hugetlb' ? HUGE_PAGE : SMALL_PAGE;
  const virtio = new VirtioBalloon({ name: id, hostPage, ...options });
  return {
    virtio,
    changes: {
      targetBytes: (value, field) => virtio.setTarget(balloonTarget(value, field, memoryBytes)),
      statsIntervalSeconds: (value, field) => virtio.setStatsInterval(statsInterval(value, field)),
    },
  };
}

function openVsock({ id, cid, path }: VsockConfig): ManagedDevice {
  return { virtio: new VirtioVsock({ name: id, guestCid: cid, path }), changes: {} };
}

function openConsole({ id, path, ports }: ConsoleConfig): ManagedDevice {
  const virtio = new VirtioConsole({ name: id, ports: ports.map(({ name }) => name) });
  const sockets: PortSocket[] = [];
  const close = (): Promise<unknown> => Promise.all(sockets.map((socket) => socket.close()));
  try {
    sockets.push(serveTerminal(virtio.port(0), path));
    for (const [index, port] of ports.entries()) {
      sockets.push(servePort(virtio.port(index + 1), port.path));
    }
  } catch (error) {
    void close();
    throw error;
  }
  return {
    virtio,
    changes: {
      size: (value, field) => {
        const { cols, rows } = terminalSize(value, field);
        virtio.resize(0, cols, rows);
      },
    },
    close,
  };
}
