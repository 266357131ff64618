import fs from 'node:fs';
import { assembleGuests, guest } from '../guests/assemble';
import type { FuzzTarget } from './target';
import { BootTarget } from './targets/boot';
import {
  balloonTarget,
  blockTarget,
  consoleTarget,
  netTarget,
  rngTarget,
  vsockTarget,
} from './targets/devices';
import { PciTarget, RtcTarget, SerialTarget } from './targets/registers';
import { SinkDevice } from './targets/sink';
import { VirtioTarget } from './targets/virtio';

/** Payload kernels of ours as files to spoil. */
function bootTarget(): BootTarget {
  assembleGuests();
  const files = ['hello', 'multiboot', 'bzimage'].map((name) => fs.readFileSync(guest(name)));
  return new BootTarget('boot', files);
}

/** Everything that guests, or files from strangers, can reach. */
export const TARGETS: Readonly<Record<string, () => FuzzTarget>> = {
  serial: () => new SerialTarget(),
  rtc: () => new RtcTarget(),
  pci: () => new PciTarget(),
  boot: bootTarget,
  virtqueue: () => new VirtioTarget('virtqueue', new SinkDevice()),
  block: blockTarget,
  net: netTarget,
  rng: rngTarget,
  balloon: balloonTarget,
  vsock: vsockTarget,
  console: consoleTarget,
};
