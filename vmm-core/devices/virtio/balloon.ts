import type { GuestMemory } from '../../memory/guest-memory';
import { BALLOON_PAGE, BalloonPages } from './balloon-pages';
import { BalloonStats } from './balloon-stats';
import type { DescriptorChain } from './descriptor-chain';
import { MORE, QueuePump, WAIT } from './queue-pump';
import type { Activation, DeviceEvents, VirtioDevice } from './virtio-device';
import type { Virtqueue } from './virtqueue';

/** Memory balloon; virtio 1.2, 5.5. */
const DEVICE_ID = 5;
const QUEUE_SIZE = 128;

export const VIRTIO_BALLOON_F_STATS_VQ = 1n << 1n;
export const VIRTIO_BALLOON_F_DEFLATE_ON_OOM = 1n << 2n;
export const VIRTIO_BALLOON_F_REPORTING = 1n << 5n;

// Queues; 5.5.2.
const INFLATE = 0;
const DEFLATE = 1;
const STATS = 2;
const QUEUES = 5;

// Configuration space; 5.5.4.
const NUM_PAGES = 0;
const ACTUAL = 4;
const CONFIG_BYTES = 8;

const PFN_BYTES = 4;
/** In one turn of the event loop: a few milliseconds of the host's memory management. */
const PAGES_A_TURN = 1024;
const BYTES_A_TURN = 32 * 2 ** 20;

export interface BalloonOptions {
  readonly name: string;
  /** Bytes that the guest is to give back, from the beginning. */
  readonly targetBytes: number;
  /** Whether the guest may take its pages back by itself before it ends a program. */
  readonly deflateOnOom: boolean;
  /** Whether the guest tells which of its pages are free, all the time. */
  readonly reporting: boolean;
  /** 0: the guest is not asked. */
  readonly statsIntervalSeconds: number;
  /** Bytes of a page of the host that backs guest memory. */
  readonly hostPage: number;
}

/** Takes memory from the guest, and gives back to the host what the guest does not need. */
export class VirtioBalloon implements VirtioDevice {
  readonly type = DEVICE_ID;
  readonly name: string;
  readonly features: bigint;
  readonly queueSizes = Array.from({ length: QUEUES }, () => QUEUE_SIZE);
  readonly config = new Uint8Array(CONFIG_BYTES);
  private readonly configView = new DataView(this.config.buffer);
  private readonly pages: BalloonPages;
  private readonly stats = new BalloonStats();
  private readonly inflate = new QueuePump((chain, queue) => this.serveInflate(chain, queue));
  private readonly deflate = new QueuePump((chain, queue) => this.serveDeflate(chain, queue));
  private readonly statistics = new QueuePump((chain, queue) => this.serveStats(chain, queue));
  private readonly reporting = new QueuePump((chain, queue) => this.serveReport(chain, queue));
  private readonly listed = new Uint32Array(PAGES_A_TURN);
  /** How much of the chains being served is done: bytes of the list, and of the reported pages. */
  private inflated = 0;
  private reported = 0;
  private reportingQueue: number | undefined;
  private isStatsRead = false;
  private isStatsDue = false;
  private statsTimer: NodeJS.Timeout | undefined;
  private memory: GuestMemory | undefined;
  private events: DeviceEvents | undefined;
  private readonly totals = { inflatedBytes: 0, deflatedBytes: 0, reportedBytes: 0, statsRead: 0 };

  constructor(options: BalloonOptions) {
    this.name = options.name;
    this.features =
      VIRTIO_BALLOON_F_STATS_VQ |
      (options.deflateOnOom ? VIRTIO_BALLOON_F_DEFLATE_ON_OOM : 0n) |
      (options.reporting ? VIRTIO_BALLOON_F_REPORTING : 0n);
    this.pages = new BalloonPages(options.hostPage);
    this.setTarget(options.targetBytes);
    this.setStatsInterval(options.statsIntervalSeconds);
  }

  attach(events: DeviceEvents): void {
    this.events = events;
  }

  /**
   * Asks the guest to give back so much, whole pages of it; it does so as it can.
   * @throws RangeError when the field has no room for it
   */
  setTarget(bytes: number): void {
    const pages = Math.floor(bytes / BALLOON_PAGE);
    if (!(pages >= 0 && pages < 2 ** 32)) throw new RangeError(`a balloon of ${bytes} bytes`);
    if (pages === this.configView.getUint32(NUM_PAGES, true)) return;
    this.configView.setUint32(NUM_PAGES, pages, true);
    this.events?.configChanged();
  }

  get targetBytes(): number {
    return this.configView.getUint32(NUM_PAGES, true) * BALLOON_PAGE;
  }

  /** What the guest says that it has given back. */
  get actualBytes(): number {
    return this.configView.getUint32(ACTUAL, true) * BALLOON_PAGE;
  }

  /** How often the guest is asked for its statistics; never, if 0. */
  setStatsInterval(seconds: number): void {
    clearInterval(this.statsTimer);
    this.statsTimer = undefined;
    if (seconds === 0) return;
    this.statsTimer = setInterval(() => this.askForStats(), seconds * 1000);
    this.statsTimer.unref();
  }

  writeConfig(offset: number, size: number, value: number): void {
    for (let i = 0; i < size; i++) {
      const at = offset + i;
      if (at >= ACTUAL) this.config[at] = Math.floor(value / 256 ** i);
    }
  }

  activate({ memory, features, queues }: Activation): void {
    this.memory = memory;
    this.inflate.start(memory, queues[INFLATE]);
    this.deflate.start(memory, queues[DEFLATE]);
    const hasStats = (features & VIRTIO_BALLOON_F_STATS_VQ) !== 0n;
    if (hasStats) this.statistics.start(memory, queues[STATS]);
    if ((features & VIRTIO_BALLOON_F_REPORTING) === 0n) return;
    // 5.5.2 gives the reporting queue the number 4, while Linux counts only queues that there are.
    // It is the one that is left.
    this.reportingQueue = queues.findIndex(
      (queue, index) => queue !== undefined && index >= (hasStats ? STATS + 1 : STATS),
    );
    this.reporting.start(memory, queues[this.reportingQueue]);
  }

  notify(queue: number): void {
    if (queue === INFLATE) this.inflate.notify();
    else if (queue === DEFLATE) this.deflate.notify();
    else if (queue === this.reportingQueue) this.reporting.notify();
    else this.statistics.notify();
  }

  /** Without its driver the balloon is empty: the pages are the guest's again. */
  reset(): void {
    for (const pump of [this.inflate, this.deflate, this.statistics, this.reporting]) pump.stop();
    this.memory = undefined;
    this.reportingQueue = undefined;
    this.inflated = 0;
    this.reported = 0;
    this.isStatsRead = false;
    this.isStatsDue = false;
    this.stats.clear();
    this.configView.setUint32(ACTUAL, 0, true);
  }

  close(): void {
    clearInterval(this.statsTimer);
  }

  counters(): Readonly<Record<string, number>> {
    return {
      targetBytes: this.targetBytes,
      actualBytes: this.actualBytes,
      ...this.totals,
      releasedBytes: this.pages.releasedBytes,
      keptBytes: this.pages.keptBytes,
      ...this.stats.byName(),
    };
  }

  /** A list of page frame numbers, of any length. */
  private serveInflate(chain: DescriptorChain, queue: Virtqueue): number {
    if (!isPageList(chain, queue)) return 0;
    const left = (chain.readableBytes - this.inflated) / PFN_BYTES;
    const pages = this.listed.subarray(0, Math.min(left, PAGES_A_TURN));
    const bytes = new Uint8Array(pages.buffer, 0, pages.byteLength);
    chain.read(this.inflated, bytes);
    if (!this.pages.releaseListed(this.memory as GuestMemory, pages)) {
      queue.fail('a page for the balloon that is not RAM');
      return 0;
    }
    this.totals.inflatedBytes += pages.length * BALLOON_PAGE;
    this.inflated += bytes.length;
    this.inflate.endTurn();
    if (this.inflated < chain.readableBytes) return MORE;
    this.inflated = 0;
    return 0;
  }

  /** The pages come back when the guest touches them. */
  private serveDeflate(chain: DescriptorChain, queue: Virtqueue): number {
    if (!isPageList(chain, queue)) return 0;
    this.totals.deflatedBytes += (chain.readableBytes / PFN_BYTES) * BALLOON_PAGE;
    return 0;
  }

  /** The driver's one buffer comes with statistics, and is given back when they are to be anew. */
  private serveStats(chain: DescriptorChain, queue: Virtqueue): number {
    if (chain.writableBytes > 0) {
      queue.fail('statistics in a buffer to write');
      return 0;
    }
    if (!this.isStatsRead) {
      this.stats.update(chain);
      this.totals.statsRead += 1;
      this.isStatsRead = true;
      this.isStatsDue = false;
    }
    if (!this.isStatsDue) return WAIT;
    this.isStatsRead = false;
    return 0;
  }

  private askForStats(): void {
    if (!this.isStatsRead) return;
    this.isStatsDue = true;
    this.statistics.resume();
  }

  /** Free pages, the buffers themselves; 5.5.6.7. The driver keeps off them until they come back. */
  private serveReport(chain: DescriptorChain, queue: Virtqueue): number {
    if (chain.readableCount > 0) {
      queue.fail('free pages in a buffer to read');
      return 0;
    }
    const most = Math.min(chain.writableBytes - this.reported, BYTES_A_TURN);
    this.releaseReported(chain, this.reported, most);
    this.totals.reportedBytes += most;
    this.reported += most;
    this.reporting.endTurn();
    if (this.reported < chain.writableBytes) return MORE;
    this.reported = 0;
    return 0;
  }

  /** Releases so many bytes of the chain's buffers, from `offset` on. */
  private releaseReported(chain: DescriptorChain, offset: number, bytes: number): void {
    let skip = offset;
    let left = bytes;
    for (let i = 0; i < chain.count && left > 0; i++) {
      const length = chain.length[i] as number;
      if (skip < length) {
        const take = Math.min(length - skip, left);
        this.pages.release(this.memory as GuestMemory, (chain.gpa[i] as number) + skip, take);
        left -= take;
      }
      skip = Math.max(skip - length, 0);
    }
  }
}

function isPageList(chain: DescriptorChain, queue: Virtqueue): boolean {
  if (chain.writableBytes > 0) return queue.fail('page numbers in a buffer to write');
  if (chain.readableBytes % PFN_BYTES !== 0) return queue.fail('a page number cut in half');
  return true;
}
