import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestConsole } from '../support/console';
import { describeWithKvm } from '../support/kvm';
import { READERS } from './support/readers';
import { inSteps } from './support/steps';
import { PageTerminal } from './support/terminal';
import { Visitor } from './support/visitor';

/** Includes the boot; the hosts of tests are slow and busy. */
const BOOT_MS = 120_000;
const ANSWER_MS = 15_000;
/** Samples come once a second. */
const SOME_SAMPLES_MS = 15_000;
/** What is promised to somebody who reads nothing first. */
const AIM = { seconds: 60, presses: 5 } as const;
/** A page is read before a button on it is pressed, and nobody types like a program. */
const READING_MS = 3000;
const KEY_MS = 150;
const PROMPT = /#$/;
const NON_LATIN = 'héllo-世界-Привет';

describeWithKvm('from the empty page to a Linux shell', () => {
  describe.each(READERS)('in $language', (reader) => {
    const { t, language } = reader;
    let served: TestConsole;
    let visitor: Visitor;
    let page: Page;
    let terminal: PageTerminal;
    let machineId = '';

    beforeAll(async () => {
      served = await TestConsole.fresh();
      visitor = await Visitor.arrive(`newcomer-${language}`, reader);
      page = visitor.page;
      terminal = new PageTerminal(page);
    });
    afterAll(async () => {
      await visitor?.leave();
      await served?.remove();
    });
    inSteps(() => ({ served, visitors: [visitor] }));

    it('makes the first administrator by the one-time link', async () => {
      await visitor.firstRun(served, 'ada');
      await visitor.shoot('empty');
      await visitor.signOut('ada');
    });

    it('has an answer of a new machine’s shell a minute and five presses after signing in', async () => {
      const begun = performance.now();
      await visitor.signIn(served, 'ada');
      const before = await visitor.presses();
      await page.waitForTimeout(READING_MS);
      await visitor.button(t('vms.createAndStart')).click();
      await terminal.untilShown(PROMPT, BOOT_MS);
      await visitor.shoot('prompt');
      await page.waitForTimeout(READING_MS);
      // Into whatever has the focus, as a person types.
      await page.keyboard.type('uname -a\n', { delay: KEY_MS });
      await terminal.untilShown(/^Linux .*x86_64/m, ANSWER_MS);
      const presses = (await visitor.presses()) - before;
      const seconds = (performance.now() - begun) / 1000;
      await visitor.shoot('uname');
      console.log(`from signing in to a shell: ${presses} presses, ${seconds.toFixed(1)} s`);
      expect(presses).toBeLessThanOrEqual(AIM.presses);
      expect(seconds).toBeLessThan(AIM.seconds);
      await visitor.header(t('vms.stateRunning')).waitFor();
      machineId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    });

    it('brings text of any script there and back', async () => {
      await terminal.enter(`echo "<${NON_LATIN}>"`);
      await terminal.untilShown(new RegExp(`^<${NON_LATIN}>$`, 'm'), ANSWER_MS);
      await visitor.shoot('non-latin');
    });

    it('moves the charts', async () => {
      await terminal.enter('while :; do :; done &');
      await visitor.chooseTab(t('machine.tabOverview'));
      const chart = page.getByRole('figure').filter({ hasText: t('machine.chartCpu') });
      const running = chart.locator('dl > div').filter({ hasText: t('machine.cpuRunning') });
      const value = running.locator('dd');
      const percent = async () => Number.parseInt(String(await value.textContent()), 10);
      await expect.poll(percent, { timeout: SOME_SAMPLES_MS }).toBeGreaterThan(30);
      const before = await chart.locator('canvas').screenshot();
      await expect
        .poll(async () => before.equals(await chart.locator('canvas').screenshot()), {
          timeout: SOME_SAMPLES_MS,
        })
        .toBe(false);
      await visitor.shoot('charts');
    });

    it('shows the console again after a reload', async () => {
      await visitor.chooseTab(t('machine.tabConsole'));
      await terminal.enter('kill %1; echo over');
      await terminal.untilShown(/^over$/m, ANSWER_MS);
      expect(page.url()).toContain('tab=console');
      await page.reload();
      await terminal.untilShown(new RegExp(`^<${NON_LATIN}>$`, 'm'), ANSWER_MS);
      await terminal.enter('echo back-$((40 + 2))');
      await terminal.untilShown(/^back-42$/m, ANSWER_MS);
      await visitor.shoot('replayed');
    });

    it('shuts Linux down, and keeps what it printed', async () => {
      await visitor.act(t('vms.shutdown'));
      await page.getByText(t('machine.endedStopped')).waitFor({ timeout: BOOT_MS });
      await visitor.header(t('vms.stateStopped')).waitFor();
      await terminal.untilShown(/^back-42$/m, ANSWER_MS);
      await visitor.shoot('stopped');
    });

    it('deletes the machine', async () => {
      await visitor.act(t('vms.delete'));
      await visitor.shoot('delete-asked');
      await visitor.button(t('vms.deleteConfirm'), visitor.dialog).click();
      await page.getByRole('heading', { name: t('vms.emptyTitle') }).waitFor();
      await visitor.shoot('deleted');
    });

    it('did all this without an error in the page', () => {
      // Before there is a session, and of a machine that is gone.
      const told = (text: string) => /status of 401/.test(text) || text.endsWith(machineId);
      expect(visitor.complaints.filter((text) => !told(text))).toEqual([]);
    });
  });
});
