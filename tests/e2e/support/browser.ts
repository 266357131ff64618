import fs from 'node:fs';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { TERMINAL_SETTINGS_KEY } from '../../../components/console/terminal-settings';

const SHOTS = path.resolve(import.meta.dirname, '../shots');
const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  // Tests may run as root, where the sandbox does not start.
  '--no-sandbox',
  '--no-first-run',
  '--disable-sync',
  '--disable-component-update',
  '--disable-background-networking',
  // WebGL without a graphics card, so that the terminal draws as it does for people.
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
];

/** One person at one browser. */
export class Visitor {
  /** What went wrong in the page without anybody seeing it. */
  readonly complaints: string[] = [];
  private shots = 0;

  private constructor(
    private readonly browser: Browser,
    private readonly context: BrowserContext,
    readonly page: Page,
    private readonly name: string,
  ) {
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error')
        this.complaints.push(`${message.text()} ${message.location().url}`);
    });
  }

  /**
   * @param name of the journey, which its pictures carry
   * @param locale what the browser asks for
   */
  static async arrive(name: string, locale = 'en-GB'): Promise<Visitor> {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale,
    });
    // A canvas holds no text; with this the terminal keeps it beside the picture.
    await context.addInitScript(([key, settings]) => localStorage.setItem(key, settings), [
      TERMINAL_SETTINGS_KEY,
      JSON.stringify({ screenReader: true }),
    ] as const);
    return new Visitor(browser, context, await context.newPage(), name);
  }

  /** A picture of what the person sees, numbered in the order of the journey. */
  async shoot(what: string): Promise<void> {
    fs.mkdirSync(SHOTS, { recursive: true });
    this.shots += 1;
    const number = String(this.shots).padStart(2, '0');
    await this.page.screenshot({ path: path.join(SHOTS, `${this.name}-${number}-${what}.png`) });
  }

  async leave(): Promise<void> {
    await this.context.close();
    await this.browser.close();
  }
}
