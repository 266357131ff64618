import type { GuestMemory } from '../../memory/guest-memory';
import { DescriptorChain } from './descriptor-chain';
import type { Virtqueue } from './virtqueue';

/** Chains in one turn of the event loop, so that a guest that never stops stops nobody. */
const CHAINS_A_TURN = 256;

/** There is more to do for this chain: it is served again in the next turn. */
export const MORE = -1;
/** This chain has to wait: it is served again after resume(). */
export const WAIT = -2;

/**
 * Serves one chain, all of it or a piece.
 * @returns bytes written to the chain when it is through, else MORE or WAIT. After queue.fail() it
 * does not matter.
 */
export type Serve = (chain: DescriptorChain, queue: Virtqueue) => number;

/**
 * One queue's chains in turns of the event loop: taken one after the other, served, given back.
 * While it waits for the device or for its next turn, the driver's bell is not heard.
 */
export class QueuePump {
  private setup: { readonly queue: Virtqueue; readonly chain: DescriptorChain } | undefined;
  /** The chain was taken and is not through. */
  private isHolding = false;
  private isWaiting = false;
  private left = 0;
  private nextTurn: NodeJS.Immediate | undefined;

  constructor(private readonly serve: Serve) {}

  /** The driver is ready, and may have given chains already. A queue it did not enable is none. */
  start(memory: GuestMemory, queue: Virtqueue | undefined): void {
    if (queue === undefined) return;
    this.setup = { queue, chain: new DescriptorChain(memory, queue.size) };
    this.run();
  }

  /** No access to guest memory any more. */
  stop(): void {
    clearImmediate(this.nextTurn);
    this.nextTurn = undefined;
    this.setup = undefined;
    this.isHolding = false;
    this.isWaiting = false;
  }

  /** The driver rang. */
  notify(): void {
    if (this.nextTurn === undefined && !this.isWaiting) this.run();
  }

  /** What a chain had to wait for is there. */
  resume(): void {
    if (!this.isWaiting) return;
    this.isWaiting = false;
    this.run();
  }

  /** To be called while serving: this chain has been work enough for one turn. */
  endTurn(): void {
    this.left = 0;
  }

  private run(): void {
    this.nextTurn = undefined;
    const { setup } = this;
    if (setup === undefined) return;
    const { queue, chain } = setup;
    queue.suppressNotifications();
    for (this.left = CHAINS_A_TURN; this.left > 0; this.left--) {
      if (!this.isHolding && !queue.pop(chain)) {
        queue.publish();
        if (queue.enableNotifications()) return;
        continue;
      }
      const written = this.serve(chain, queue);
      // Whoever got the data may have stopped the machine.
      if (this.setup !== setup) return;
      this.isHolding = written < 0;
      if (written >= 0) {
        queue.push(chain.head, written);
      } else if (written === WAIT) {
        this.isWaiting = true;
        queue.publish();
        return;
      } else {
        break;
      }
    }
    queue.publish();
    this.nextTurn = setImmediate(() => this.run());
  }
}
