import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { VirtioBalloon } from '../../../vmm-core/devices/virtio/balloon';
import { VirtioBlock } from '../../../vmm-core/devices/virtio/block';
import { VirtioConsole } from '../../../vmm-core/devices/virtio/console';
import { VirtioNet } from '../../../vmm-core/devices/virtio/net';
import { VirtioRng } from '../../../vmm-core/devices/virtio/rng';
import { VirtioVsock } from '../../../vmm-core/devices/virtio/vsock/vsock';
import { FakeBackend } from '../../../vmm-core/net/testing/fake-backend';
import { openDisk } from '../../../vmm-core/storage/open-disk';
import type { Random } from '../random';
import { type ChainShape, VirtioTarget } from './virtio';

const MiB = 2 ** 20;
const IN: ChainShape = { buffers: 'in' };
const OUT: ChainShape = { buffers: 'out' };
/** Devices with queues in pairs have the one to receive first. */
const rxOrTx = (queue: number): ChainShape => (queue % 2 === 0 ? IN : OUT);

/** A disk of a real file; the file is gone from its directory and goes with the process. */
export function blockTarget(): VirtioTarget {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'fuzz-disk-'));
  const file = path.join(directory, 'disk');
  fs.writeFileSync(file, Buffer.alloc(MiB));
  const device = new VirtioBlock(
    { name: 'block', serial: 'fuzz', queues: 2 },
    (maxRequests, onComplete, onBatch) =>
      openDisk(
        { path: file, readOnly: false, cache: 'buffered', maxRequests, workerProgram: '' },
        onComplete,
        onBatch,
      ),
  );
  fs.rmSync(directory, { recursive: true });
  return new VirtioTarget('block', device, () => ({ buffers: 'request', header: blockHeader }));
}

/** Type and sector of a request, seldom both right. */
function blockHeader(random: Random): Uint8Array {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(random.oneIn(10) ? random.hostile() : random.pick([0, 1, 4, 8, 11, 13]), 0);
  header.writeUInt32LE(random.oneIn(10) ? random.hostile() : random.below(MiB / 512), 8);
  header.writeUInt32LE(random.oneIn(50) ? random.hostile() : 0, 12);
  return header;
}

/** A network device whose other side always has a frame. */
export function netTarget(): VirtioTarget {
  const backend = new FakeBackend(2);
  for (const queue of backend.queues) {
    queue.receive = () => 60;
    queue.send = () => 60;
  }
  const device = new VirtioNet(backend, {
    name: 'net',
    mac: Uint8Array.of(2, 0, 0, 0, 0, 1),
    offloads: true,
    linkUp: true,
  });
  const control: ChainShape = { buffers: 'request', header: netCommand };
  return new VirtioTarget('net', device, (queue) => (queue === 4 ? control : rxOrTx(queue)));
}

/** Class and command of the control queue; virtio 1.2, 5.1.6.5. */
function netCommand(random: Random): Uint8Array {
  return Uint8Array.of(random.oneIn(20) ? random.below(256) : random.below(6), random.below(6));
}

export function rngTarget(): VirtioTarget {
  return new VirtioTarget('rng', new VirtioRng({ name: 'rng' }), () => IN);
}

/** Pages that are given back are those the rings are in as soon as any other. */
export function balloonTarget(): VirtioTarget {
  const device = new VirtioBalloon({
    name: 'balloon',
    targetBytes: MiB,
    deflateOnOom: true,
    reporting: true,
    statsIntervalSeconds: 0,
    hostPage: 4096,
  });
  return new VirtioTarget('balloon', device, (queue) => (queue < 3 ? OUT : IN));
}

/** The socket of the host that the guest's connections come from goes with the process. */
export function vsockTarget(): VirtioTarget {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'fuzz-vsock-'));
  const socket = path.join(directory, 'vsock');
  const packets: ChainShape = { buffers: 'out', header: vsockHeader };
  const device = new VirtioVsock({ name: 'vsock', guestCid: 3, path: socket });
  return new VirtioTarget('vsock', device, (queue) => (queue === 1 ? packets : IN));
}

/** A packet's header; virtio 1.2, 5.10.6. */
function vsockHeader(random: Random): Uint8Array {
  const header = Buffer.alloc(44);
  header.writeUInt32LE(random.oneIn(50) ? random.hostile() : 3, 0);
  header.writeUInt32LE(random.oneIn(50) ? random.hostile() : 2, 8);
  header.writeUInt32LE(random.below(8), 16);
  header.writeUInt32LE(random.below(8), 20);
  header.writeUInt32LE(
    random.oneIn(10) ? random.below(4096) : random.oneIn(500) ? random.hostile() : 0,
    24,
  );
  header.writeUInt16LE(random.oneIn(20) ? random.below(4) : 1, 28);
  header.writeUInt16LE(random.below(9), 30);
  header.writeUInt32LE(random.below(8), 32);
  header.writeUInt32LE(random.oneIn(10) ? random.hostile() : 0x4_0000, 36);
  header.writeUInt32LE(random.oneIn(10) ? random.hostile() : 0, 40);
  return header;
}

/** What the guest prints comes back to it as input, and as terminals of odd sizes. */
export function consoleTarget(): VirtioTarget {
  const device = new VirtioConsole({ name: 'console', ports: ['one', 'two'] });
  for (const port of device.ports) {
    port.onOutput = (bytes) => {
      device.resize(0, 1 + (bytes.length & 0xff), 1 + ((bytes[0] as number) & 0xff));
      port.setHostOpen(!port.isHostOpen);
      port.input(Buffer.from(bytes));
    };
  }
  const control: ChainShape = { buffers: 'out', header: controlMessage };
  return new VirtioTarget('console', device, (queue) => (queue === 3 ? control : rxOrTx(queue)));
}

/** A control message; virtio 1.2, 5.3.6.2. */
function controlMessage(random: Random): Uint8Array {
  const message = Buffer.alloc(8);
  message.writeUInt32LE(random.oneIn(20) ? random.hostile() : random.below(4), 0);
  message.writeUInt16LE(random.oneIn(20) ? random.below(16) : random.pick([0, 3, 6]), 4);
  message.writeUInt16LE(random.oneIn(4) ? 0 : 1, 6);
  return message;
}
