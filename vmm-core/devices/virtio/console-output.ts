import type { GuestMemory } from '../../memory/guest-memory';
import type { DescriptorChain } from './descriptor-chain';
import { MORE, QueuePump, WAIT } from './queue-pump';
import type { Virtqueue } from './virtqueue';

/** Of one chain in one turn of the event loop, and handed over in one piece. */
const PIECE_BYTES = 64 * 1024;

/** A port's transmit queue: bytes of the guest for whoever listens. */
export class ConsoleOutput {
  /** Bytes handed over. */
  delivered = 0;
  /**
   * Takes what the guest has written: guest memory itself, which the guest may change at any time
   * and which must not be used after the call.
   */
  onOutput: (bytes: Uint8Array) => void = () => {};
  private readonly pump = new QueuePump((chain, queue) => this.serve(chain, queue));
  private memory: GuestMemory | undefined;
  private isPaused = false;
  /** Bytes of the chain that were handed over. */
  private done = 0;

  connect(memory: GuestMemory, queue: Virtqueue | undefined): void {
    this.memory = memory;
    this.pump.start(memory, queue);
  }

  /** No access to guest memory any more. */
  disconnect(): void {
    this.pump.stop();
    this.memory = undefined;
    this.done = 0;
  }

  notify(): void {
    this.pump.notify();
  }

  /** The guest waits with what it writes, from the next piece on. */
  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.pump.resume();
  }

  private serve(chain: DescriptorChain, queue: Virtqueue): number {
    if (chain.writableBytes > 0) {
      queue.fail('output in a buffer to write');
      return 0;
    }
    if (this.isPaused) return WAIT;
    const end = Math.min(this.done + PIECE_BYTES, chain.readableBytes);
    this.handOver(chain, this.done, end);
    if (end < chain.readableBytes) {
      this.done = end;
      return MORE;
    }
    this.done = 0;
    return 0;
  }

  private handOver(chain: DescriptorChain, from: number, to: number): void {
    let at = 0;
    for (let i = 0; i < chain.readableCount && at < to; i++) {
      const length = chain.length[i] as number;
      const skip = Math.max(from - at, 0);
      const take = Math.min(length, to - at) - skip;
      // Whoever took the piece before may have ended the machine.
      if (take > 0 && this.memory !== undefined) {
        this.delivered += take;
        this.onOutput(this.memory.bytes((chain.gpa[i] as number) + skip, take));
      }
      at += length;
    }
  }
}
