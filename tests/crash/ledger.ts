/** What the console has said yes to, by which it is judged after each start. */
export class Ledger {
  /** Names of machines whose creation was answered, and whose deletion was not asked for yet. */
  readonly machines = new Set<string>();
  /** Names of machines that are being made or deleted: they may be there or not. */
  readonly unsure = new Set<string>();
  /** Names of machines that were seen to run, and were not asked to end since. */
  readonly running = new Set<string>();
  /** The notes of machines, once they were answered. */
  readonly notes = new Map<string, string>();
  readonly users = new Set<string>();
  /** What ready images and disks hold, by their names. */
  readonly contents = new Map<string, Buffer>();
  /** The machine of each disk whose attachment was answered, by their names. */
  readonly attached = new Map<string, string>();
  readonly setting = new PromisedValue();
  /** Requests that were answered, and whose effect was therefore there to stay. */
  steps = 0;
}

/** A value that several write, of which nobody knows whose write came last. */
export class PromisedValue {
  private settled: number | undefined;
  private readonly answered = new Set<number>();
  private readonly asked = new Set<number>();

  ask(value: number): void {
    this.asked.add(value);
  }

  answer(value: number): void {
    this.asked.delete(value);
    this.answered.add(value);
  }

  /**
   * What it is now, at a time when nobody writes.
   * @returns whether it may be that: what was answered is never undone by what was there before
   */
  see(value: number): boolean {
    const isPromised = this.answered.size === 0 ? value === this.settled : this.answered.has(value);
    const isFirst = this.answered.size === 0 && this.settled === undefined;
    const mayBe = isPromised || isFirst || this.asked.has(value);
    this.answered.clear();
    this.settled = value;
    return mayBe;
  }
}
