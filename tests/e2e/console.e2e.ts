import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assembleGuests, guest } from '../guests/assemble';
import { apiOf, uploadImage } from '../support/api';
import { PASSWORD, TestConsole } from '../support/console';
import { describeWithKvm } from '../support/kvm';
import { inSteps } from './support/steps';
import { PageTerminal } from './support/terminal';
import { Visitor } from './support/visitor';

const ANSWER_MS = 15_000;
/** The page tries again with growing pauses. */
const BACK_MS = 30_000;

describeWithKvm('a console that several people use', () => {
  let served: TestConsole;
  let ada: Visitor;
  let ben: Visitor;
  let id = '';

  const signedIn = async (name: string): Promise<Visitor> => {
    const visitor = await Visitor.arrive(`console-${name}`);
    await visitor.signIn(served, name);
    return visitor;
  };
  const openConsole = (page: Page) => page.goto(`${served.address}/machines/${id}?tab=console`);
  const shown = (page: Page, wanted: RegExp) =>
    new PageTerminal(page).untilShown(wanted, ANSWER_MS);
  const type = (page: Page, text: string) => new PageTerminal(page).type(text);

  /** As the browser does it for the person. */
  const paste = (text: string) =>
    ada.page.locator('.xterm-helper-textarea').evaluate((element, pasted) => {
      const data = new DataTransfer();
      data.setData('text/plain', pasted);
      element.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      );
    }, text);

  beforeAll(async () => {
    assembleGuests();
    served = await TestConsole.start();
    const api = await apiOf(served);
    // Sends back what it is sent.
    const kernelId = await uploadImage(api, 'kernel', 'echo', guest('echo'));
    const config = { boot: { from: 'kernel', kernelId }, memory: { bytes: 2 ** 26 } } as const;
    id = (await api.call('createVm', { body: { name: 'echo', config, start: true } })).id;
    await served.untilState(id, 'running');
    await served.request('POST', '/users', { name: 'ben', role: 'operator', password: PASSWORD });
    ada = await signedIn('admin');
    ben = await signedIn('ben');
  });
  afterAll(async () => {
    await ada?.leave();
    await ben?.leave();
    await served?.remove();
  });
  inSteps(() => ({ served, visitors: [ada, ben] }));

  it('shows both the same, and lets one type', async () => {
    await openConsole(ada.page);
    await shown(ada.page, /^>/);
    await type(ada.page, 'from-ada');
    await shown(ada.page, /^>from-ada/);
    await openConsole(ben.page);
    await shown(ben.page, /^>from-ada/);
    await ben.page.getByText('admin types').waitFor();
    await type(ben.page, 'unheard');
    await type(ada.page, '-more');
    await shown(ben.page, /^>from-ada-more$/m);
  });

  it('hands control over with names', async () => {
    await ben.page.getByRole('button', { name: 'Take control' }).click();
    await ada.page.getByText('ben types').waitFor();
    await type(ben.page, '-from-ben');
    await shown(ada.page, /-more-from-ben$/m);
    await ada.shoot('ben-types');
    await ben.page.getByRole('button', { name: 'Give back' }).click();
    await ada.page.getByRole('button', { name: 'Take control' }).click();
    await ada.page.getByText('You type').waitFor();
  });

  it('keeps wide characters and emoji in their columns', async () => {
    await type(ada.page, '世界');
    await paste('👍|');
    await shown(ada.page, /世界👍\|/);
    const column = () =>
      ada.page.locator('.xterm-helper-textarea').evaluate((element) => {
        const { left, width } = getComputedStyle(element);
        return Math.round(Number.parseFloat(left) / Number.parseFloat(width));
      });
    const line = '>from-ada-more-from-ben|';
    // Each of the three takes two columns.
    await expect.poll(column).toBe(line.length + 6);
  });

  it('asks before several lines are pasted into a guest that cannot tell them apart', async () => {
    await paste('one-line');
    await shown(ada.page, /one-line/);
    await paste('first\nsecond');
    const dialog = ada.page.getByRole('dialog', { name: 'Paste 2 lines?' });
    await dialog.getByText('first').waitFor();
    await ada.shoot('paste');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await new PageTerminal(ada.page).text()).not.toContain('first');
  });

  it('records, and plays what was recorded', async () => {
    const { page } = ada;
    await page.getByRole('button', { name: 'Recordings', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Record from now on' }).click();
    await page.getByRole('button', { name: 'Being recorded' }).waitFor();
    await type(page, 'for-the-record');
    await shown(page, /for-the-record/);
    await page.getByRole('button', { name: 'Being recorded' }).click();
    await page.getByRole('menuitem', { name: 'Stop recording' }).click();
    await page.getByRole('button', { name: 'Recordings', exact: true }).click();
    await page
      .getByRole('menuitem', { name: /2\d{3}/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog', { name: /Recording of/ });
    const played = () => dialog.locator('.xterm-accessibility-tree').textContent();
    await expect.poll(played, { timeout: ANSWER_MS }).toContain('for-the-record');
    await dialog.getByRole('button', { name: 'Play' }).waitFor();
    await ada.shoot('played');
    await dialog.getByRole('slider').press('Home');
    await expect.poll(played).not.toContain('for-the-record');
    await dialog.getByRole('slider').press('End');
    await expect.poll(played).toContain('for-the-record');
    await page.keyboard.press('Escape');
  });

  it('opens in a window of its own', async () => {
    const [popup] = await Promise.all([
      ada.page.waitForEvent('popup'),
      ada.page.getByRole('button', { name: 'Open in a window of its own' }).click(),
    ]);
    await shown(popup, /^>from-ada-more-from-ben/);
    await popup.getByRole('heading', { name: 'echo' }).waitFor();
    expect(await popup.title()).toBe('Console of echo');
    await popup.screenshot({ path: 'tests/e2e/shots/console-window.png' });
    await popup.close();
  });

  it('goes on after the console was killed and started again', async () => {
    const before = (await new PageTerminal(ada.page).text()).split('\n')[0] ?? '';
    const port = Number(new URL(served.address).port);
    await served.kill();
    await ada.page.getByText('Connection lost').waitFor();
    await served.launch(port);
    await ada.page.getByText('Connected', { exact: true }).waitFor({ timeout: BACK_MS });
    await expect.poll(() => new PageTerminal(ada.page).text()).toMatch(new RegExp(`^${before}`));
    // Who was back first has control.
    await ada.page.getByText(/^(You type|ben types)$/).waitFor({ timeout: BACK_MS });
    const take = ada.button('Take control');
    if (await take.isVisible()) await take.click();
    await ada.page.getByText('You type', { exact: true }).waitFor();
    await type(ada.page, '-again');
    await shown(ada.page, /-again/);
  });
});
