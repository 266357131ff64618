import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { TestConsole } from '../support/console';
import { describeWithKvm } from '../support/kvm';
import { Visitor } from './support/browser';

import { PageTerminal } from './support/terminal';

/** Includes the boot; the hosts of tests are slow and busy. */
const BOOT_MS = 120_000;
const ANSWER_MS = 15_000;
/** Samples come once a second. */
const SOME_SAMPLES_MS = 15_000;
const PROMPT = /#$/;
const NON_LATIN = 'héllo-世界-Привет';

describeWithKvm('from the empty page to a Linux shell', () => {
  let served: TestConsole;
  let visitor: Visitor;
  let page: Page;
  let terminal: PageTerminal;
  let brokenBy: string | undefined;
  let machineId = '';

  beforeAll(async () => {
    served = await TestConsole.fresh();
    visitor = await Visitor.arrive('journey');
    page = visitor.page;
    page.setDefaultTimeout(ANSWER_MS);
    terminal = new PageTerminal(page);
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

  it('makes the first administrator by the one-time link', async () => {
    await page.goto(served.oneTimeLink);
    await page.getByLabel('Name').fill('admin');
    await page.getByLabel('New password', { exact: true }).fill('correct horse battery');
    await visitor.shoot('first-run');
    await page.getByRole('button', { name: 'Set up and sign in' }).click();
    await page.getByRole('heading', { name: 'Boot your first machine' }).waitFor();
    await visitor.shoot('empty');
  });

  it('creates and starts a machine of the default image with one press', async () => {
    await page.getByRole('button', { name: 'Create and start' }).click();
    await page.waitForURL(/\/machines\/[^/]+/);
    machineId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    if (!page.url().includes('tab=console'))
      await page.getByRole('tab', { name: 'Console' }).click();
    await page.getByText('Running', { exact: true }).waitFor({ timeout: BOOT_MS });
    await visitor.shoot('booting');
  });

  it('comes to the shell prompt in the terminal', async () => {
    await terminal.untilShown(PROMPT, BOOT_MS);
    await visitor.shoot('prompt');
  });

  it('answers Linux to uname', async () => {
    await terminal.enter('uname -a');
    await terminal.untilShown(/^Linux .*x86_64/m, ANSWER_MS);
    await visitor.shoot('uname');
  });

  it('brings text of any script there and back', async () => {
    await terminal.enter(`echo "<${NON_LATIN}>"`);
    await terminal.untilShown(new RegExp(`^<${NON_LATIN}>$`, 'm'), ANSWER_MS);
    await visitor.shoot('non-latin');
  });

  it('moves the charts', async () => {
    await terminal.enter('while :; do :; done &');
    await page.getByRole('tab', { name: 'Overview' }).click();
    const cpu = page.getByRole('figure').filter({ has: page.getByText('Processor') });
    await expect.poll(() => cpuPercent(page), { timeout: SOME_SAMPLES_MS }).toBeGreaterThan(30);
    const before = await cpu.locator('canvas').screenshot();
    await expect
      .poll(async () => before.equals(await cpu.locator('canvas').screenshot()), {
        timeout: SOME_SAMPLES_MS,
      })
      .toBe(false);
    await visitor.shoot('charts');
  });

  it('shows the console again after a reload', async () => {
    await page.getByRole('tab', { name: 'Console' }).click();
    await terminal.enter('kill %1; echo over');
    await terminal.untilShown(/^over$/m, ANSWER_MS);
    expect(page.url()).toContain('tab=console');
    await page.reload();
    await terminal.untilShown(new RegExp(`^<${NON_LATIN}>$`, 'm'), ANSWER_MS);
    await terminal.enter('echo back-$((40 + 2))');
    await terminal.untilShown(/^back-42$/m, ANSWER_MS);
    await visitor.shoot('replayed');
  });

  it('stops the machine and keeps what it printed', async () => {
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await visitor.shoot('stop-asked');
    await page.getByRole('button', { name: 'Stop machine' }).click();
    await page.getByText('The machine is stopped. This is what it printed.').waitFor();
    await terminal.untilShown(/^back-42$/m, ANSWER_MS);
    await visitor.shoot('stopped');
  });

  it('deletes the machine', async () => {
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await visitor.shoot('delete-asked');
    await page.getByRole('button', { name: 'Delete machine' }).click();
    await page.getByRole('heading', { name: 'Boot your first machine' }).waitFor();
    await visitor.shoot('deleted');
  });

  it('did all this without an error in the page', () => {
    // The page of a deleted machine asks for it once more, and is told that it is gone.
    const unexpected = visitor.complaints.filter((text) => !text.endsWith(`/vms/${machineId}`));
    expect(unexpected).toEqual([]);
  });
});

/** What stands beside the chart as the value of now. */
async function cpuPercent(page: Page): Promise<number> {
  const row = page.locator('figure dl > div').filter({ hasText: 'Running' }).first();
  return Number.parseInt((await row.locator('dd').textContent()) ?? '', 10);
}
