/** Whether something was typed that is saved nowhere, and the question before it is lost. */
export class Leaving {
  private readonly forms = new Set<symbol>();
  private wish: (() => void) | undefined;
  private released = false;
  private readonly listeners = new Set<() => void>();

  /** Something would be lost. */
  get guarded(): boolean {
    return this.forms.size > 0 && !this.released;
  }

  /** For `useSyncExternalStore`. */
  readonly asked = (): boolean => this.wish !== undefined;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** @returns to be called when it is saved or given up */
  guard(): () => void {
    const form = Symbol();
    this.forms.add(form);
    this.released = false;
    return () => {
      this.forms.delete(form);
      if (this.forms.size === 0) this.ask(undefined);
    };
  }

  /** Goes at once where nothing is lost, else when the question was answered. */
  leave(go: () => void): void {
    if (this.guarded) this.ask(go);
    else go();
  }

  answer(leaves: boolean): void {
    const go = this.wish;
    this.ask(undefined);
    if (!leaves || go === undefined) return;
    // The form is there until the next page is; nobody is asked twice.
    this.released = true;
    go();
  }

  private ask(wish: (() => void) | undefined): void {
    if (this.wish === wish) return;
    this.wish = wish;
    for (const listener of this.listeners) listener();
  }
}

/** There is one page, and one question. */
export const leaving = new Leaving();
