import type { GuestMemory } from '../../memory/guest-memory';
import { nativeGetrandom } from '../../sys/libc';
import { DEFAULT_BURST_MS, type Limit, RateLimiter } from '../rate-limiter';
import type { DescriptorChain } from './descriptor-chain';
import { QueuePump, WAIT } from './queue-pump';
import type { Activation, VirtioDevice } from './virtio-device';
import type { Virtqueue } from './virtqueue';

/** Entropy device; virtio 1.2, 5.4. */
const DEVICE_ID = 4;
const QUEUE_SIZE = 64;
/** Random bytes in one turn of the event loop: about a millisecond of the host's generator. */
const BYTES_A_TURN = 256 * 1024;

export interface RngOptions {
  readonly name: string;
  readonly limit?: Limit;
}

/**
 * A source of random bytes: the host's kernel writes them straight into the driver's buffers. A
 * driver that asks for more than a turn or the limit allows gets less, as 5.4.6.1 lets it.
 */
export class VirtioRng implements VirtioDevice {
  readonly type = DEVICE_ID;
  readonly name: string;
  readonly features = 0n;
  readonly queueSizes = [QUEUE_SIZE];
  readonly config = new Uint8Array(0);
  private readonly limiter: RateLimiter | undefined;
  private readonly mostBytes: number;
  private readonly pump = new QueuePump((chain, queue) => this.serve(chain, queue));
  private memory: GuestMemory | undefined;
  private timer: NodeJS.Timeout | undefined;
  private leftInTurn = BYTES_A_TURN;
  private readonly totals = { requests: 0, bytes: 0, throttled: 0 };

  constructor({ name, limit }: RngOptions) {
    this.name = name;
    this.limiter = limit && new RateLimiter(limit);
    this.mostBytes = largestRequest(limit);
  }

  activate({ memory, queues }: Activation): void {
    this.memory = memory;
    this.pump.start(memory, queues[0]);
  }

  notify(): void {
    this.pump.notify();
  }

  reset(): void {
    clearTimeout(this.timer);
    this.pump.stop();
    this.memory = undefined;
  }

  close(): void {}

  counters(): Readonly<Record<string, number>> {
    return { ...this.totals };
  }

  private serve(chain: DescriptorChain, queue: Virtqueue): number {
    if (chain.readableCount > 0 || chain.writableBytes === 0) {
      queue.fail('a request for random bytes with no room for them, or with something to read');
      return 0;
    }
    const wait = this.limiter?.wait() ?? 0;
    if (wait > 0) {
      this.totals.throttled += 1;
      this.timer = setTimeout(() => this.pump.resume(), wait);
      this.timer.unref();
      return WAIT;
    }
    const bytes = this.fill(chain);
    if (bytes === 0) queue.fail('the host has no random bytes');
    this.limiter?.take(bytes);
    this.totals.requests += 1;
    this.totals.bytes += bytes;
    this.leftInTurn -= bytes;
    if (this.leftInTurn <= 0) {
      this.leftInTurn = BYTES_A_TURN;
      this.pump.endTurn();
    }
    return bytes;
  }

  /** @returns bytes written, from the beginning of the chain: a signal may end it early */
  private fill(chain: DescriptorChain): number {
    const memory = this.memory as GuestMemory;
    let done = 0;
    for (let i = 0; i < chain.count && done < this.mostBytes; i++) {
      const take = Math.min(chain.length[i] as number, this.mostBytes - done);
      const address = memory.hostAddress(chain.gpa[i] as number, take);
      const got = nativeGetrandom(address, take, 0);
      if (got > 0) done += got;
      if (got < take) break;
    }
    return done;
  }
}

/** So that one request never owes more than the limit saves up for one. */
function largestRequest(limit: Limit | undefined): number {
  if (limit?.bytesPerSecond === undefined) return BYTES_A_TURN;
  const burst = (limit.bytesPerSecond * (limit.burst ?? DEFAULT_BURST_MS)) / 1000;
  return Math.min(Math.max(Math.floor(burst), 1), BYTES_A_TURN);
}
