import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSessionListSchema } from '../../server/api/users';
import { assembleGuests, guest } from '../guests/assemble';
import { apiOf, uploadImage } from '../support/api';
import { TestConsole } from '../support/console';
import { describeWithKvm } from '../support/kvm';
import { inSteps } from './support/steps';
import { PageTerminal } from './support/terminal';
import { Visitor } from './support/visitor';

const ANSWER_MS = 15_000;
/** Longer than a page takes to draw, and far shorter than the server is held up. */
const AT_ONCE_MS = 1_000;
const HELD_UP_MS = 3_000;

describeWithKvm('pages while things go wrong', () => {
  let served: TestConsole;
  let visitor: Visitor;
  let page: Page;
  let kernelId = '';
  let id = '';

  const heading = (name: string) => visitor.heading(name);
  const button = (name: string) => visitor.button(name);
  const dialog = (name: string) => page.getByRole('dialog', { name });
  const hasFocus = (selector: string) =>
    page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector);
  const machine = (name: string, start = false) => ({
    name,
    config: { boot: { from: 'kernel', kernelId }, memory: { bytes: 2 ** 26 } } as const,
    start,
  });
  beforeAll(async () => {
    assembleGuests();
    served = await TestConsole.start();
    // Sends back what it is sent.
    kernelId = await uploadImage(await apiOf(served), 'kernel', 'echo', guest('echo'));
    id = (await served.createVm(machine('echo', true))).id;
    await served.untilState(id, 'running');
    visitor = await Visitor.arrive('behaviour');
    page = visitor.page;
    await visitor.signIn(served, 'admin');
  });
  afterAll(async () => {
    await visitor?.leave();
    await served?.remove();
  });
  inSteps(() => ({ served, visitors: [visitor] }));

  it('ask before something typed is lost, whatever way leads out', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await heading('Machines').waitFor();
    await expect.poll(() => hasFocus('main')).toBe(true);
    await page.keyboard.press('c');
    const notes = page.getByLabel('Notes');
    await notes.fill('for the shop');
    const question = dialog('Leave without saving?');
    const ways = [
      () => page.getByRole('navigation', { name: 'Main' }).getByText('Tasks').click(),
      () => page.goBack(),
      async () => {
        await page.locator('main').focus();
        await page.keyboard.press('g');
        await page.keyboard.press('i');
      },
    ];
    for (const way of ways) {
      await way();
      await question.getByRole('button', { name: 'Cancel' }).click();
      await question.waitFor({ state: 'hidden' });
      expect(await notes.inputValue()).toBe('for the shop');
    }
    await page.goBack();
    await question.getByRole('button', { name: 'Leave and lose it' }).click();
    await heading('Machines').waitFor();
  });

  it('make one machine of a wish whose answer was lost', async () => {
    await page.keyboard.press('c');
    await page.getByLabel('Name', { exact: true }).fill('once');
    await page.route('**/api/v1/vms', async (route) => {
      await route.fetch();
      await route.abort('connectionreset');
      await page.unroute('**/api/v1/vms');
    });
    await button('Create').click();
    await heading('once').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.getByRole('link', { name: 'once' }).waitFor();
    expect(await page.getByRole('row').count()).toBe(3);
  });

  it('show what was asked for at once, and take it back with the cause', async () => {
    await page.goto(`${served.address}/machines/${id}`);
    const state = page.getByRole('status');
    await page.route('**/pause', async (route) => {
      await page.waitForTimeout(HELD_UP_MS);
      await route.continue();
    });
    await button('Pause').click();
    await state.getByText('Paused').waitFor({ timeout: AT_ONCE_MS });
    await served.untilState(id, 'paused');
    const problem = {
      ...{ type: 'about:blank', title: 'No', status: 409, code: 'no' },
      ...{ detail: 'The host is busy.', hint: 'Wait a little.' },
    };
    await page.route('**/resume', (route) =>
      route.fulfill({ status: 409, json: problem, contentType: 'application/problem+json' }),
    );
    await button('Resume').click();
    await page.getByText('The host is busy.').waitFor();
    await state.getByText('Paused').waitFor({ timeout: AT_ONCE_MS });
    await page.unrouteAll();
    await button('Resume').click();
    await state.getByText('Running').waitFor();
  });

  it('understand a proxy that answers with a page of its own', async () => {
    await page.route('**/pause', (route) =>
      route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
    );
    await button('Pause').click();
    await page.getByText('The console answered 502').waitFor();
    await page.unrouteAll();
  });

  it('lose nothing of what two people change in one machine', async () => {
    await page.getByRole('tab', { name: 'Hardware' }).click();
    await button('Edit').click();
    const edit = page.getByRole('dialog', { name: /^Edit/ });
    await edit.getByLabel('Name', { exact: true }).fill('mine');
    await edit.getByLabel('Notes').fill('mine');
    await served.request('PATCH', `/vms/${id}`, { name: 'theirs', tags: ['shop'] });
    await edit.getByRole('button', { name: 'Save' }).click();
    await edit.getByText('Name: “echo” is now “theirs”.').waitFor();
    await visitor.shoot('conflict');
    expect(await edit.getByLabel('Tags').inputValue()).toBe('shop');
    await edit.getByRole('button', { name: 'Save' }).click();
    await heading('mine').waitFor();
    expect(await served.vm(id)).toMatchObject({ name: 'mine', notes: 'mine', tags: ['shop'] });
  });

  it('say in the palette why something cannot be done now', async () => {
    await page.keyboard.press('Control+k');
    const search = dialog('Search pages, machines and actions').getByRole('combobox');
    await search.fill('start mine');
    const start = page.getByRole('option', { name: /^Start mine/ });
    await start.getByText('Only a stopped or crashed machine can be started.').waitFor();
    expect(await start.getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Escape');
  });

  it('go on with a console whose machine stops and starts again, and give it every key', async () => {
    await page.getByRole('tab', { name: 'Console' }).click();
    const terminal = new PageTerminal(page);
    await terminal.untilShown(/^>/, ANSWER_MS);
    await served.request('POST', `/vms/${id}/stop`);
    await page.getByText('This is what it printed').waitFor();
    await served.request('POST', `/vms/${id}/start`);
    await page.getByText('Connected', { exact: true }).waitFor();
    await terminal.type('again');
    await terminal.untilShown(/^>again$/m, ANSWER_MS);
    // The guest sends them back: the last one ends the sequence that Escape begins.
    for (const key of ['Escape', 'F5', 'Control+r', 'Control+k', 'Tab', 'Shift+Tab']) {
      await page.keyboard.press(key);
    }
    await expect.poll(() => hasFocus('.xterm-helper-textarea')).toBe(true);
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.keyboard.press('Control+Shift+M');
    expect(await hasFocus('.xterm-helper-textarea')).toBe(false);
  });

  it('come back after the computer slept', async () => {
    const asked = page.waitForRequest('**/api/v1/events');
    const opened = page.waitForEvent('websocket');
    await page.evaluate(() => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + 3_600_000;
    });
    await Promise.all([asked, opened]);
    const terminal = new PageTerminal(page);
    await page.getByText('Connected', { exact: true }).waitFor();
    await terminal.type('awake');
    await terminal.untilShown(/awake/, ANSWER_MS);
  });

  it('tell of a machine that somebody else deleted, and keep the keyboard there', async () => {
    const { id: gone } = await served.createVm(machine('gone'));
    await page.goto(`${served.address}/machines/${gone}?tab=hardware`);
    await heading('gone').waitFor();
    await served.request('DELETE', `/vms/${gone}`);
    await page.getByText('There is no such machine').waitFor();
    await expect.poll(() => hasFocus('main')).toBe(true);
  });

  it('make a machine that was deleted again by one press', async () => {
    await page.goto(`${served.address}/machines`);
    await button('More actions for once').press('Enter');
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await button('Delete machine').click();
    await page.getByText('once was deleted.').waitFor();
    await expect.poll(() => hasFocus('main')).toBe(true);
    await visitor.shoot('undo');
    await button('Create it again').click();
    await page.getByRole('link', { name: 'once' }).waitFor();
  });

  it('lead to the sign-in when the session is ended elsewhere, and back', async () => {
    await page.goto(`${served.address}/tasks?state=queued%2Crunning`);
    await heading('Tasks').waitFor();
    const sessions = openSessionListSchema.parse((await served.request('GET', '/sessions')).body);
    const other = sessions.items.find(({ current }) => !current);
    await served.request('DELETE', `/sessions/${other?.id}`);
    await page.waitForURL('**/sign-in?next=**');
    await visitor.giveCredentials('admin');
    await heading('Tasks').waitFor();
    expect(await page.getByLabel('Which tasks').inputValue()).toBe('queued,running');
  });

  it('did all this without an error nobody sees', () => {
    // What was refused, lost or deleted on purpose.
    const meant = /status of (401|404|409|412|502)|ERR_CONNECTION_RESET/;
    expect(visitor.complaints.filter((text) => !meant.test(text))).toEqual([]);
  });
});
