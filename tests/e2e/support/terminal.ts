import type { Page } from 'playwright-core';

const TYPING_DELAY_MS = 15;

/** The terminal in the page, as a screen reader has it. */
export class PageTerminal {
  constructor(private readonly page: Page) {}

  /** The lines on the screen, without the empty ones at the end. */
  async text(): Promise<string> {
    const lines = await this.page.locator('.xterm-accessibility-tree > div').allTextContents();
    return lines
      .map((line) => line.replaceAll('\u00a0', ' ').trimEnd())
      .join('\n')
      .trimEnd();
  }

  async untilShown(wanted: RegExp, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const text = await this.text();
      if (wanted.test(text)) return;
      if (Date.now() > deadline) throw new Error(`${wanted} was not shown, but:\n${text}`);
      await this.page.waitForTimeout(100);
    }
  }

  /** Types as a person does, and presses Enter. */
  async enter(line: string): Promise<void> {
    await this.type(line);
    await this.page.keyboard.press('Enter');
  }

  async type(line: string): Promise<void> {
    await this.page.locator('.xterm-helper-textarea').focus();
    const keyboard = await this.page.context().newCDPSession(this.page);
    for (const character of line) {
      // Playwright's own keyboard is an American one and inserts what that lacks without a key.
      const key = { text: character, unmodifiedText: character, key: character };
      await keyboard.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key });
      await keyboard.send('Input.dispatchKeyEvent', { type: 'keyUp', key: character });
      await this.page.waitForTimeout(TYPING_DELAY_MS);
    }
    await keyboard.detach();
  }
}
