import type { GuestMemory } from '../../memory/guest-memory';

/** Balloon pages are of this size whatever the host's are; virtio 1.2, 5.5.6. */
export const BALLOON_PAGE = 4096;

/**
 * Gives pages of guest memory back to the host. They read as zero from then on, and cost memory
 * again when they are touched.
 */
export class BalloonPages {
  /** Totals. What lies in pages of the host that are only partly free stays where it is. */
  releasedBytes = 0;
  keptBytes = 0;

  /** @param hostPage bytes of a page that backs guest memory, a power of two */
  constructor(private readonly hostPage: number) {}

  /**
   * Releases the pages that the list names, neighbours with one call.
   * @param pages page frame numbers; sorted in place
   * @returns false when one is not RAM; others may have been released
   */
  releaseListed(memory: GuestMemory, pages: Uint32Array): boolean {
    pages.sort();
    let first = 0;
    while (first < pages.length) {
      const start = pages[first] as number;
      let end = start + 1;
      let next = first + 1;
      // A page may be named twice.
      for (; next < pages.length && (pages[next] as number) <= end; next++) {
        end = (pages[next] as number) + 1;
      }
      const gpa = start * BALLOON_PAGE;
      const length = (end - start) * BALLOON_PAGE;
      if (!memory.contains(gpa, length)) return false;
      this.release(memory, gpa, length);
      first = next;
    }
    return true;
  }

  /** Releases the host's pages that lie in the range with all their bytes. It must be RAM. */
  release(memory: GuestMemory, gpa: number, length: number): void {
    const { hostPage } = this;
    const start = Math.ceil(gpa / hostPage) * hostPage;
    const whole = Math.floor((gpa + length) / hostPage) * hostPage - start;
    const released = whole > 0 && memory.discard(start, whole) ? whole : 0;
    this.releasedBytes += released;
    this.keptBytes += length - released;
  }
}
