import type { DescriptorChain } from './descriptor-chain';

/** Names of the statistics by their tags; virtio 1.2, 5.5.6.4, and from 10 on later revisions. */
const NAMES = [
  'guestSwapInBytes',
  'guestSwapOutBytes',
  'guestMajorFaults',
  'guestMinorFaults',
  'guestFreeBytes',
  'guestTotalBytes',
  'guestAvailableBytes',
  'guestCacheBytes',
  'guestHugePagesAllocated',
  'guestHugePagesFailed',
  'guestOomKills',
  'guestAllocationStalls',
  'guestScannedAsyncPages',
  'guestScannedDirectPages',
  'guestReclaimedAsyncPages',
  'guestReclaimedDirectPages',
] as const;

/** Each is a tag of 16 bits and a value of 64, packed. */
const STAT_BYTES = 10;
/** As many as are looked at: a driver sends each tag once. */
const MOST_STATS = 64;
const WORD = 2 ** 32;

/** What the guest last told of its memory. It may tell anything. */
export class BalloonStats {
  private readonly values = new Map<string, number>();
  private readonly bytes = new Uint8Array(MOST_STATS * STAT_BYTES);
  private readonly view = new DataView(this.bytes.buffer);

  /** Takes over a buffer of statistics. Tags that nobody knows are left out. */
  update(chain: DescriptorChain): void {
    const count = Math.floor(chain.read(0, this.bytes) / STAT_BYTES);
    for (let i = 0; i < count; i++) {
      const at = i * STAT_BYTES;
      const name = NAMES[this.view.getUint16(at, true)];
      if (name === undefined) continue;
      const low = this.view.getUint32(at + 2, true);
      this.values.set(name, low + this.view.getUint32(at + 6, true) * WORD);
    }
  }

  clear(): void {
    this.values.clear();
  }

  byName(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.values);
  }
}
