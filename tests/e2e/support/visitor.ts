import fs from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { TERMINAL_SETTINGS_KEY } from '../../../components/console/terminal-settings';
import type { Language } from '../../../components/i18n/languages';
import { ENGLISH, type Reader } from '../../../components/i18n/reader';
import type { Translate } from '../../../components/i18n/translate';
import { launchChromium } from '../../support/chromium';
import { PASSWORD, type TestConsole } from '../../support/console';

const SHOTS = path.resolve(import.meta.dirname, '../shots');
const ANSWER_MS = 15_000;
const LOCALES = { en: 'en-GB', zh: 'zh-CN' } as const satisfies Record<Language, string>;
const PRESSES_KEY = 'test-presses';

type Section = 'audit' | 'dashboard' | 'host' | 'images' | 'settings' | 'tasks';

/** One person at one browser, who reads one language. */
export class Visitor {
  /** What went wrong in the page without anybody seeing it. */
  readonly complaints: string[] = [];
  readonly t: Translate;
  private shots = 0;

  private constructor(
    private readonly browser: Browser,
    private readonly context: BrowserContext,
    readonly page: Page,
    private readonly name: string,
    reader: Reader,
  ) {
    this.t = reader.t;
    page.setDefaultTimeout(ANSWER_MS);
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error')
        this.complaints.push(`${message.text()} ${message.location().url}`);
    });
  }

  /**
   * @param name of the journey, which its pictures carry
   * @param reader what the browser asks for
   */
  static async arrive(name: string, reader: Reader = ENGLISH): Promise<Visitor> {
    const browser = await launchChromium();
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: LOCALES[reader.language],
    });
    // A canvas holds no text; with this the terminal keeps it beside the picture.
    await context.addInitScript(([key, settings]) => localStorage.setItem(key, settings), [
      TERMINAL_SETTINGS_KEY,
      JSON.stringify({ screenReader: true }),
    ] as const);
    await context.addInitScript((key) => {
      const count = () => Number(sessionStorage.getItem(key) ?? 0);
      addEventListener('pointerdown', () => sessionStorage.setItem(key, `${count() + 1}`), true);
    }, PRESSES_KEY);
    return new Visitor(browser, context, await context.newPage(), name, reader);
  }

  /** How often the person has pressed the mouse on pages of this console. */
  presses(): Promise<number> {
    return this.page.evaluate((key) => Number(sessionStorage.getItem(key) ?? 0), PRESSES_KEY);
  }

  button(name: string, within: Locator | Page = this.page): Locator {
    return within.getByRole('button', { name, exact: true });
  }

  /** As `button`, of one that cannot be pressed now. */
  disabledButton(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true, disabled: true });
  }

  /** What the page is called. */
  heading(name: string): Locator {
    return this.page.getByRole('heading', { level: 1, name, exact: true });
  }

  field(label: string, within: Locator | Page = this.page): Locator {
    return within.getByLabel(label, { exact: true });
  }

  /** A row of a table that has all of these in it, each by itself: web-1 is not found in web-10. */
  row(...texts: readonly string[]): Locator {
    return texts.reduce(
      (rows, text) => rows.filter({ has: this.page.getByText(text, { exact: true }) }),
      this.page.getByRole('row'),
    );
  }

  /** A word of the page's own header, where a machine's state stands; charts have the same words. */
  header(text: string): Locator {
    return this.page.getByRole('main').locator('header').getByText(text, { exact: true });
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  async chooseTab(name: string): Promise<void> {
    await this.page.getByRole('tab', { name, exact: true }).click();
  }

  /** Of a menu that opens under a button. */
  async choose(menu: string, item: string): Promise<void> {
    await this.button(menu).click();
    await this.page.getByRole('menuitem', { name: item, exact: true }).click();
  }

  /** Does something to the machine whose page it is: by a button in the header, or in the menu beside. */
  async act(name: string): Promise<void> {
    const button = this.button(name, this.page.getByRole('main').locator('fieldset'));
    if (await button.isVisible()) await button.click();
    else await this.choose(this.t('vms.moreShort'), name);
  }

  /** Goes to a page by the navigation. */
  async open(section: Section): Promise<void> {
    const navigation = this.page.getByRole('navigation', { name: this.t('shell.navigation') });
    await navigation.getByRole('link', { name: this.t(`shell.${section}`) }).click();
    await this.heading(this.t(`${section}.title`)).waitFor();
  }

  async signIn(served: TestConsole, name: string): Promise<void> {
    await this.page.goto(`${served.address}/sign-in`);
    await this.giveCredentials(name);
    await this.heading(this.t('dashboard.title')).waitFor();
  }

  /** On the page that asks for them. */
  async giveCredentials(name: string): Promise<void> {
    await this.field(this.t('session.name')).fill(name);
    await this.field(this.t('session.password')).fill(PASSWORD);
    await this.button(this.t('session.signIn')).click();
  }

  async signOut(name: string): Promise<void> {
    await this.choose(this.t('shell.userMenu', { name }), this.t('session.signOut'));
    await this.button(this.t('session.signIn')).waitFor();
  }

  /** Is the first at a console that nobody has used yet. */
  async firstRun(served: TestConsole, name: string): Promise<void> {
    await this.page.goto(served.oneTimeLink);
    await this.field(this.t('session.name')).fill(name);
    await this.field(this.t('session.newPassword')).fill(PASSWORD);
    await this.shoot('first-run');
    await this.button(this.t('session.firstRunSubmit')).click();
    await this.page.getByRole('heading', { name: this.t('vms.emptyTitle') }).waitFor();
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
