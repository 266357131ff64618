/**
 * Names for requests that make something (Idempotency-Key). One that got no answer keeps its name:
 * sent again, by whoever presses the button once more, it makes nothing twice. So does one that was
 * refused, for then nothing was made under its name.
 */
export class CreateKeys {
  private readonly wished = new Map<string, string>();

  /** @param request all that is asked for, as text */
  keyFor(request: string): string {
    const key = this.wished.get(request) ?? newKey();
    this.wished.set(request, key);
    return key;
  }

  /** It is there: the same request is a new wish from now on. */
  made(request: string): void {
    this.wished.delete(request);
  }
}

/** Not randomUUID: browsers have that for HTTPS alone. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
