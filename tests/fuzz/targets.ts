import type { FuzzTarget } from './target';
import { PciTarget, RtcTarget, SerialTarget } from './targets/registers';
import { SinkDevice } from './targets/sink';
import { VirtioTarget } from './targets/virtio';

/** Everything that guests, or files from strangers, can reach. */
export const TARGETS: Readonly<Record<string, () => FuzzTarget>> = {
  serial: () => new SerialTarget(),
  rtc: () => new RtcTarget(),
  pci: () => new PciTarget(),
  virtqueue: () => new VirtioTarget('virtqueue', new SinkDevice()),
};
