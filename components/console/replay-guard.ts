/** Output that was kept comes in one go; when this much time passes without any, it is over. */
export const QUIET_MS = 250;

/**
 * A program in the guest may have asked the terminal a question ("where is the cursor?"). Shown again
 * from the beginning, the question would be answered again, and the shell of now would take the answer
 * for something typed. So answers are held back while old output is shown.
 */
export class ReplayGuard {
  private replaying = true;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** A connection was made: what comes now may be old. */
  begin(): void {
    this.replaying = true;
    this.wait();
  }

  /** Some output is on the screen. */
  shown(): void {
    if (this.replaying) this.wait();
  }

  /** A person types: they see what they type to. */
  end(): void {
    clearTimeout(this.timer);
    this.replaying = false;
  }

  /** @returns whether what the terminal wants to send may go */
  lets(data: string): boolean {
    return !this.replaying || !isAnswer(data);
  }

  private wait(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end(), QUIET_MS);
  }
}

/**
 * What a terminal sends of itself: cursor position and status reports (CSI … R, n), device attributes
 * (CSI … c), mode and window reports (CSI … $y, t), and strings (DCS, OSC).
 */
const ANSWER = /^(\[[?>=]?[\d;]*(?:R|n|c|t|\$y)|[P\]])/;
const ESCAPE = '\u001b';

function isAnswer(data: string): boolean {
  return data.startsWith(ESCAPE) && ANSWER.test(data.slice(ESCAPE.length));
}
