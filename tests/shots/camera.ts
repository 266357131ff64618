import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { sleep, type TestConsole } from '../support/console';

export const WIDTHS = [360, 1280, 2560] as const;
export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Charts have drawn, and what comes by events is there. */
const SETTLE_MS = 1200;
const PHONE_PX = 400;

export interface Look {
  readonly theme: Theme;
  readonly locale?: 'en-GB' | 'zh-CN';
  /** Nobody is signed in. */
  readonly stranger?: boolean;
  /** Done once, before anything is opened. */
  readonly prepare?: (context: BrowserContext) => Promise<unknown>;
}

/** A browser at a console, and the folder for its pictures. */
export class Camera {
  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
    private readonly tested: TestConsole,
    private readonly folder: string,
  ) {}

  static async at(
    tested: TestConsole,
    browser: Browser,
    folder: string,
    look: Look,
  ): Promise<Camera> {
    mkdirSync(folder, { recursive: true });
    const { theme, locale = 'en-GB', stranger = false, prepare } = look;
    const context = await browser.newContext({ colorScheme: theme, locale });
    if (!stranger) {
      const [name = '', value = ''] = tested.sessionCookie.split('=');
      await context.addCookies([{ name, value, url: tested.address }]);
    }
    await prepare?.(context);
    return new Camera(context, await context.newPage(), tested, folder);
  }

  async turn(width: number, height = width < PHONE_PX ? 780 : 900): Promise<void> {
    await this.page.setViewportSize({ width, height });
  }

  /** @param route a path, or a whole address */
  async open(route: string, settleMs = SETTLE_MS): Promise<void> {
    await this.page.goto(new URL(route, `${this.tested.address}/`).href);
    await sleep(settleMs);
  }

  async shoot(name: string, fullPage = false): Promise<void> {
    await this.page.screenshot({ path: path.join(this.folder, `${name}.png`), fullPage });
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}

/** What a picture of a page is called; an address of a machine would give each run other names. */
export function nameOf(route: string, names: ReadonlyMap<string, string>): string {
  return route
    .replace(/[0-9a-f-]{36}/, (id) => names.get(id) ?? 'machine')
    .replace(/[^\w\p{Script=Han}]+/gu, '-');
}
