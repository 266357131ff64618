import { DescriptorChain } from '../../../vmm-core/devices/virtio/descriptor-chain';
import type { Activation, VirtioDevice } from '../../../vmm-core/devices/virtio/virtio-device';

/** A device that reads all it is given and fills all it may: the queue itself is what is tried. */
export class SinkDevice implements VirtioDevice {
  readonly type = 4;
  readonly name = 'sink';
  readonly features = 0n;
  readonly queueSizes = [8, 8];
  readonly config = new Uint8Array(8);
  private activation: Activation | undefined;
  private chain: DescriptorChain | undefined;
  private readonly scratch = new Uint8Array(4096).fill(0x5a);

  activate(activation: Activation): void {
    this.activation = activation;
    this.chain = new DescriptorChain(activation.memory, 16);
  }

  notify(index: number): void {
    const queue = this.activation?.queues[index];
    const { chain } = this;
    if (queue === undefined || chain === undefined) return;
    for (let served = 0; served < 64 && queue.pop(chain); served++) {
      chain.read(0, this.scratch);
      queue.push(chain.head, chain.write(0, this.scratch));
    }
    queue.publish();
  }

  reset(): void {
    this.activation = undefined;
  }

  close(): void {
    this.activation = undefined;
  }

  counters(): Readonly<Record<string, number>> {
    return {};
  }
}
