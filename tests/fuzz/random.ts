/** Numbers that look random and come again from the same seed (xorshift32; Marsaglia, 2003). */
export class Random {
  private state: number;

  constructor(readonly seed: number) {
    this.state = seed >>> 0 || 1;
  }

  /** 32 bits. */
  u32(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state;
  }

  /** A whole number from 0 to `limit`, that not included. */
  below(limit: number): number {
    return this.u32() % limit;
  }

  /** True once in `n` times. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** Numbers at which programs go wrong, and now and then any other. */
  hostile(): number {
    if (this.oneIn(4)) return this.u32();
    const edge = this.pick([0, 1, 2, 0xff, 0x1000, 0xffff, 0x10000, 0x7fff_ffff, 0xffff_ffff]);
    return (edge + this.below(3) - 1) >>> 0;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.u32());
  }
}
