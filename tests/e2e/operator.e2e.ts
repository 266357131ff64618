import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assembleGuests, guest } from '../guests/assemble';
import { PASSWORD, TestConsole } from '../support/console';
import { describeWithKvm } from '../support/kvm';
import { READERS } from './support/readers';
import { inSteps } from './support/steps';
import { PageTerminal } from './support/terminal';
import { Visitor } from './support/visitor';

const ANSWER_MS = 15_000;
/** What each language calls itself. */
const OWN_NAMES = { en: 'English', zh: '简体中文' } as const;

describeWithKvm('an operator’s day', () => {
  describe.each(READERS)('in $language', (reader) => {
    const { t, say, language } = reader;
    let served: TestConsole;
    let visitor: Visitor;
    let page: Page;
    let terminal: PageTerminal;

    beforeAll(async () => {
      assembleGuests();
      served = await TestConsole.start();
      const user = { name: 'oleg', role: 'operator', password: PASSWORD };
      expect((await served.request('POST', '/users', user)).status).toBe(201);
      visitor = await Visitor.arrive(`operator-${language}`, reader);
      page = visitor.page;
      terminal = new PageTerminal(page);
    });
    afterAll(async () => {
      await visitor?.leave();
      await served?.remove();
    });
    inSteps(() => ({ served, visitors: [visitor] }));

    const names = () => page.locator('tbody tr td:nth-child(2) a').allTextContents();

    it('signs in, and the page says what language it is in', async () => {
      await visitor.signIn(served, 'oleg');
      expect(await page.locator('html').getAttribute('lang')).toBe(language);
      await visitor.shoot('dashboard');
    });

    it('uploads an image, and finds its task and what that said', async () => {
      await visitor.open('images');
      await visitor.button(t('images.upload')).click();
      const { dialog } = visitor;
      await visitor.field(t('images.file'), dialog).setInputFiles({
        name: 'echo',
        mimeType: 'application/octet-stream',
        buffer: readFileSync(guest('echo')),
      });
      await visitor.field(t('images.kind'), dialog).selectOption('kernel');
      await visitor.shoot('upload');
      await visitor.button(t('images.uploadStart'), dialog).click();
      await dialog.waitFor({ state: 'hidden' });
      await visitor.row('echo', t('images.kindKernel'), t('images.ready')).waitFor();
      await visitor.open('tasks');
      await visitor.row('echo', t('tasks.imageUpload'), t('tasks.succeeded')).waitFor();
      await visitor.button(t('tasks.logOf', { name: 'echo' })).click();
      await dialog.getByRole('listitem').first().waitFor();
      await visitor.shoot('task-log');
      await visitor.button(t('common.close'), dialog).click();
      await dialog.waitFor({ state: 'hidden' });
    });

    it('creates a machine with something in each section, and starts it', async () => {
      await page.keyboard.press('c');
      await visitor.heading(t('create.title')).waitFor();
      await visitor.field(t('create.name')).fill('');
      await visitor.button(t('create.createAndStart')).click();
      await page.getByText(say('Give the machine a name.')).waitFor();
      await visitor.field(t('create.name')).fill('web-1');
      await visitor.field(t('create.tags')).fill('shop, spot');
      await page.getByRole('radio', { name: new RegExp(t('create.ownKernel')) }).check();
      await visitor.field(t('create.kernel')).selectOption('echo');
      await visitor.button(t('create.moreVcpus')).click();
      await visitor.field(t('create.memory')).fill('64');
      await visitor.button(t('machine.diskAdd')).click();
      await visitor.field(t('machine.diskSizeGib')).fill('9000');
      await visitor.field(t('create.restart')).selectOption('on-crash');
      await page.getByText(say('At most 8 TiB.')).waitFor();
      await visitor.field(t('machine.diskSizeGib')).fill('1');
      await page.getByLabel(t('create.balloon')).uncheck();
      await visitor.shoot('create');
      await visitor.button(t('create.createAndStart')).click();
      await page.waitForURL(/tab=console/);
      await visitor.header(t('vms.stateRunning')).waitFor();
    });

    it('types into its console', async () => {
      await terminal.untilShown(/^>/, ANSWER_MS);
      await terminal.type('is-anybody-there');
      await terminal.untilShown(/^>is-anybody-there$/m, ANSWER_MS);
      await visitor.shoot('console');
    });

    it('finds its hardware as it was asked for, and grows the disk while it runs', async () => {
      await visitor.chooseTab(t('machine.tabHardware'));
      await page.getByText(t('create.restartOnCrash')).waitFor();
      await visitor.row('web-1-disk-1', '1 GiB').waitFor();
      await visitor.button(t('machine.diskGrow')).click();
      await visitor.field(t('machine.diskSizeGib'), visitor.dialog).fill('2');
      await visitor.button(t('machine.diskGrow'), visitor.dialog).click();
      await visitor.row('web-1-disk-1', '2 GiB').waitFor();
      await visitor.shoot('hardware');
    });

    it('changes it, and is told that the change waits for a start', async () => {
      await visitor.button(t('machine.edit')).click();
      await visitor.field(t('create.notes'), visitor.dialog).fill('The shop.');
      await visitor.field(t('create.memory'), visitor.dialog).fill('96');
      await visitor.shoot('edit');
      await visitor.button(t('common.save'), visitor.dialog).click();
      await page.getByText(t('machine.changePending')).waitFor();
      await visitor.chooseTab(t('machine.tabOverview'));
      await page.getByText('The shop.').waitFor();
    });

    it('watches its figures, of now and of the day', async () => {
      const chart = page.getByRole('figure').filter({ hasText: t('machine.chartMemory') });
      await chart.getByText(/MiB/).first().waitFor();
      await visitor.shoot('figures');
      await visitor.chooseTab(t('machine.tabMetrics'));
      await page.getByRole('radio', { name: t('machine.history24h'), exact: true }).click();
      await page
        .getByRole('figure')
        .filter({ hasText: t('machine.chartWaitingForCores') })
        .waitFor();
      await visitor.shoot('history');
    });

    it('asks it to shut down, and stops what does not listen', async () => {
      await visitor.act(t('vms.shutdown'));
      await visitor.header(t('vms.stateStopping')).waitFor();
      await visitor.act(t('vms.stop'));
      await visitor.shoot('stop-asked');
      await visitor.button(t('vms.stopConfirm'), visitor.dialog).click();
      await visitor.header(t('vms.stateStopped')).waitFor();
      await visitor.chooseTab(t('machine.tabEvents'));
      await visitor.row(t('machine.eventCreated')).waitFor();
      await visitor.shoot('events');
    });

    it('starts it again, with what was changed', async () => {
      await visitor.act(t('vms.start'));
      await visitor.header(t('vms.stateRunning')).waitFor();
      await visitor.chooseTab(t('machine.tabHardware'));
      await page.getByText(t('create.restartOnCrash')).waitFor();
      await page.getByText(t('machine.changePending')).waitFor({ state: 'hidden' });
      await visitor.chooseTab(t('machine.tabOverview'));
      const chart = page.getByRole('figure').filter({ hasText: t('machine.chartMemory') });
      await chart.getByText('96 MiB', { exact: true }).waitFor();
    });

    it('finds machines by name, state and tag, and keeps that in the address', async () => {
      for (const name of ['web-2', 'web-10', 'mail']) await served.createVm({ name });
      await page.keyboard.press('g');
      await page.keyboard.press('m');
      await expect.poll(names).toEqual(['mail', 'web-1', 'web-2', 'web-10']);
      await page.keyboard.press('/');
      await page.keyboard.type('web');
      await expect.poll(names).toEqual(['web-1', 'web-2', 'web-10']);
      const column = page.getByRole('columnheader', { name: t('vms.columnName') });
      await column.getByRole('button').click();
      await expect.poll(names).toEqual(['web-10', 'web-2', 'web-1']);
      await visitor.button(`${t('vms.stateStopped')} 3`).click();
      await expect.poll(names).toEqual(['web-10', 'web-2']);
      const search = () => new URL(page.url()).search;
      await expect.poll(search).toBe('?q=web&state=stopped&sort=-name');
      await page.reload();
      await expect.poll(names).toEqual(['web-10', 'web-2']);
      await visitor.shoot('filtered');
      await page.goto(`${served.address}/machines?tag=spot`);
      await expect.poll(names).toEqual(['web-1']);
    });

    it('acts on several at once, with the effect counted first', async () => {
      await page.goto(`${served.address}/machines`);
      await expect.poll(names).toHaveLength(4);
      await page.getByLabel(t('list.chooseAll')).check();
      const bar = page.getByRole('region', { name: t('list.bulk') });
      const { dialog } = visitor;
      await visitor.button(t('vms.start'), bar).click();
      await dialog.getByText(t('list.leftOne', { count: 1 })).waitFor();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      await visitor.button(t('vms.stop'), bar).click();
      await dialog.getByText('web-1', { exact: true }).waitFor();
      await dialog.getByText(t('list.leftOther', { count: 3 })).waitFor();
      await visitor.shoot('bulk-stop');
      const stop = t('list.confirmOne', { action: t('vms.stop'), count: 1 });
      await visitor.button(stop, dialog).click();
      await visitor.row('web-1', t('vms.stateStopped')).waitFor();
      await visitor.button(t('vms.delete'), bar).click();
      await visitor.shoot('bulk-delete');
      const remove = t('list.confirmOther', { action: t('vms.delete'), count: 4 });
      await visitor.button(remove, dialog).click();
      await page.getByRole('heading', { name: t('vms.emptyTitle') }).waitFor();
    });

    it('goes anywhere by the palette', async () => {
      const { id } = await served.createVm({ name: 'cellar' });
      const ask = async (text: string, found: string) => {
        await page.keyboard.press('Control+k');
        await page.getByRole('combobox').fill(text);
        await page.getByRole('option', { name: found }).first().waitFor();
      };
      await ask('cel', 'cellar');
      await visitor.shoot('palette');
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/machines/${id}`);
      await visitor.heading('cellar').waitFor();
      const remove = t('palette.actionOf', { action: t('vms.delete'), name: 'cellar' });
      await ask(`${t('vms.delete')} cellar`, remove);
      await page.keyboard.press('Enter');
      await visitor.button(t('vms.deleteConfirm'), visitor.dialog).click();
      // Its own page has nothing to show any more.
      await page.waitForURL('**/machines');
      await visitor.row('cellar').waitFor({ state: 'hidden' });
    });

    it('reads the page in the other language at once, and comes back', async () => {
      const other = READERS.find((another) => another.language !== language);
      if (other === undefined) throw new Error('There is no other language.');
      await visitor.open('host');
      await page.getByText(t('doctor.storage'), { exact: true }).waitFor();
      await visitor.shoot('host');
      const change = async (from: typeof t, to: string) => {
        await visitor.button(from('shell.language')).click();
        await page.getByRole('menuitemradio', { name: to }).click();
      };
      await change(t, OWN_NAMES[other.language]);
      await visitor.heading(other.t('host.title')).waitFor();
      await change(other.t, OWN_NAMES[language]);
      await visitor.heading(t('host.title')).waitFor();
    });

    it('did all this without an error in the page', () => {
      // Before there is a session; and pages of deleted machines ask for them once more.
      const told = (text: string) => /status of (401|404)/.test(text);
      expect(visitor.complaints.filter((text) => !told(text))).toEqual([]);
    });
  });
});
