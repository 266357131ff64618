import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { assembleGuests, guest } from '../guests/assemble';
import { TestConsole } from '../support/console';
import { describeWithKvm } from '../support/kvm';
import { Visitor } from './support/browser';

const PASSWORD = 'correct horse battery';
const ANSWER_MS = 15_000;

describeWithKvm('the pages of an administrator, and what a viewer finds there', () => {
  let served: TestConsole;
  let visitor: Visitor;
  let page: Page;
  let brokenBy: string | undefined;

  beforeAll(async () => {
    assembleGuests();
    served = await TestConsole.start();
    visitor = await Visitor.arrive('pages');
    page = visitor.page;
    page.setDefaultTimeout(ANSWER_MS);
    await page.goto(`${served.address}/sign-in`);
    await signIn('admin');
  });
  afterAll(async () => {
    await visitor?.leave();
    await served?.remove();
  });

  // Each step goes on where the one before it ended.
  beforeEach(({ skip }) => {
    if (brokenBy !== undefined) skip(`the step “${brokenBy}” failed`);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    brokenBy = task.name;
    await visitor.shoot('failed');
    console.error(served.log);
  });

  const signIn = async (name: string): Promise<void> => {
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
  };
  const open = async (name: string): Promise<void> => {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
  };

  it('uploads an image, and finds its task', async () => {
    await open('Images');
    await page.getByRole('button', { name: 'Upload' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('File').setInputFiles({
      name: 'payload',
      mimeType: 'application/octet-stream',
      buffer: readFileSync(guest('halt')),
    });
    await dialog.getByLabel('Kind').selectOption('kernel');
    await visitor.shoot('upload');
    await dialog.getByRole('button', { name: 'Upload' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('row', { name: /payload Kernel Ready/ }).waitFor();
    await open('Tasks');
    await page.getByRole('row', { name: /payload Done/ }).waitFor();
    await page.getByRole('button', { name: 'Log of payload' }).click();
    await page.getByRole('dialog').getByRole('listitem').first().waitFor();
    await visitor.shoot('task-log');
    await page.keyboard.press('Escape');
  });

  it('gives a machine a disk, and grows it', async () => {
    const { id } = await served.createVm({ name: 'with-disk' });
    await page.goto(`${served.address}/machines/${id}?tab=hardware`);
    await page.getByText('It has no disks').waitFor();
    await page.getByRole('button', { name: 'Add disk' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Size in GiB').fill('1');
    await dialog.getByRole('button', { name: 'Add disk' }).click();
    await page.getByRole('row', { name: /with-disk-disk-1 1 GiB/ }).waitFor();
    await page.getByRole('button', { name: 'Grow' }).click();
    await page.getByRole('dialog').getByLabel('Size in GiB').fill('2');
    await page.getByRole('dialog').getByRole('button', { name: 'Grow' }).click();
    await page.getByRole('row', { name: /with-disk-disk-1 2 GiB/ }).waitFor();
    await visitor.shoot('disk');
    await page.getByRole('tab', { name: 'Events' }).click();
    await page.getByRole('row', { name: /Created/ }).waitFor();
  });

  it('makes a token that works, shown once, and revokes it', async () => {
    await open('Settings');
    await page.getByRole('button', { name: 'New token' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('laptop');
    await page.getByRole('button', { name: 'Make token' }).click();
    const token = (await page.locator('[data-token]').textContent()) ?? '';
    await visitor.shoot('token');
    const ask = () =>
      fetch(`${served.address}/api/v1/vms`, { headers: { authorization: `Bearer ${token}` } });
    expect((await ask()).status).toBe(200);
    await page.getByRole('button', { name: 'I have it' }).click();
    expect(await page.content()).not.toContain(token);
    await page
      .getByRole('row', { name: /laptop/ })
      .getByRole('button')
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('You have no tokens.').waitFor();
    expect((await ask()).status).toBe(401);
  });

  it('makes a user, and changes what the console allows', async () => {
    await page.getByRole('tab', { name: 'Users' }).click();
    await page.getByRole('button', { name: 'New user' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('vera');
    await dialog.getByLabel('Role').selectOption('viewer');
    await dialog.getByLabel('New password', { exact: true }).fill('short');
    await dialog.getByRole('button', { name: 'Make user' }).click();
    await dialog
      .getByText(/At least 10 characters/)
      .first()
      .waitFor();
    await dialog.getByLabel('New password', { exact: true }).fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Make user' }).click();
    await page.getByRole('row', { name: /vera/ }).waitFor();
    await page.getByRole('tab', { name: 'Console' }).click();
    await page.getByLabel('Tasks, days').fill('0');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The settings could not be saved').waitFor();
    await page.getByLabel('Tasks, days').fill('7');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await page.reload();
    expect(await page.getByLabel('Tasks, days').inputValue()).toBe('7');
    await visitor.shoot('settings');
  });

  it('finds all that in the audit log', async () => {
    // The name is taken.
    await served.request('POST', '/users', { name: 'vera', role: 'viewer', password: PASSWORD });
    await open('Audit log');
    for (const action of ['replaceSettings', 'createUser', 'createDisk', 'createUpload']) {
      await page.getByRole('cell', { name: action }).first().waitFor();
    }
    await page.getByLabel('Outcome').selectOption('failed');
    await page
      .getByRole('cell', { name: /Failed/ })
      .first()
      .waitFor();
    await visitor.shoot('audit');
  });

  it('shows a viewer all of it that they may see, and lets them change nothing', async () => {
    await page.getByRole('button', { name: 'Account of admin' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await signIn('vera');
    const main = page.getByRole('navigation', { name: 'Main' });
    expect(await main.getByRole('link', { name: 'Audit log' }).count()).toBe(0);
    await open('Images');
    const upload = page.getByRole('button', { name: 'Upload' });
    expect(await upload.getAttribute('aria-disabled')).toBe('true');
    await open('Settings');
    expect(await page.getByRole('tab').allTextContents()).toEqual(['Account']);
    await open('Dashboard');
    await visitor.shoot('viewer');
    await page.getByRole('link', { name: /Stopped 1/ }).click();
    await page.getByRole('link', { name: 'with-disk' }).waitFor();
  });

  it('did all this without an error in the page', () => {
    // What was refused on purpose.
    const unexpected = visitor.complaints.filter((text) => !/status of (401|422)/.test(text));
    expect(unexpected).toEqual([]);
  });
});
