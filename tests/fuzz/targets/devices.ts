import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { VirtioBalloon } from '../../../vmm-core/devices/virtio/balloon';
import { VirtioBlock } from '../../../vmm-core/devices/virtio/block';
import { VirtioNet } from '../../../vmm-core/devices/virtio/net';
import { VirtioRng } from '../../../vmm-core/devices/virtio/rng';
import { VirtioVsock } from '../../../vmm-core/devices/virtio/vsock/vsock';
import { FakeBackend } from '../../../vmm-core/net/testing/fake-backend';
import { openDisk } from '../../../vmm-core/storage/open-disk';
import type { Random } from '../random';
import { VirtioTarget } from './virtio';

const MiB = 2 ** 20;

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
  return new VirtioTarget('block', device, blockHeader);
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
  return new VirtioTarget('net', device);
}

export function rngTarget(): VirtioTarget {
  return new VirtioTarget('rng', new VirtioRng({ name: 'rng' }));
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
  return new VirtioTarget('balloon', device);
}

/** The socket of the host that the guest's connections come from goes with the process. */
export function vsockTarget(): VirtioTarget {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'fuzz-vsock-'));
  const socket = path.join(directory, 'vsock');
  const device = new VirtioVsock({ name: 'vsock', guestCid: 3, path: socket });
  return new VirtioTarget('vsock', device, vsockHeader);
}

/** A packet's header; virtio 1.2, 5.10.6. */
function vsockHeader(random: Random): Uint8Array {
  const header = Buffer.alloc(44);
  header.writeUInt32LE(random.oneIn(50) ? random.hostile() : 3, 0);
  header.writeUInt32LE(random.oneIn(50) ? random.hostile() : 2, 8);
  header.writeUInt32LE(random.below(8), 16);
  header.writeUInt32LE(random.below(8), 20);
  header.writeUInt32LE(random.oneIn(10) ? random.hostile() : random.below(4096), 24);
  header.writeUInt16LE(random.oneIn(20) ? random.below(4) : 1, 28);
  header.writeUInt16LE(random.below(9), 30);
  header.writeUInt32LE(random.below(8), 32);
  header.writeUInt32LE(random.oneIn(10) ? random.hostile() : 0x4_0000, 36);
  header.writeUInt32LE(random.oneIn(10) ? random.hostile() : 0, 40);
  return header;
}
