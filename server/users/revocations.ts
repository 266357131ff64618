type Listener = (grantId: string) => void;

/** Tells streams and consoles that the session or token they were opened with is no more. */
export class Revocations {
  private readonly listeners = new Set<Listener>();

  tell(grantIds: readonly string[]): void {
    for (const id of grantIds) for (const listener of this.listeners) listener(id);
  }

  /** @returns stops the listening */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
