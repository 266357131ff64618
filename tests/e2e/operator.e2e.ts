import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readerOf } from '../../components/i18n/reader';
import { zh } from '../../components/i18n/zh/translation';
import { assembleGuests, guest } from '../guests/assemble';
import { apiOf, uploadImage } from '../support/api';
import { TestConsole } from '../support/console';
import { describeWithKvm } from '../support/kvm';
import { Visitor } from './support/browser';

const PASSWORD = 'correct horse battery';
const ANSWER_MS = 15_000;
const READERS = [
  { locale: 'en-GB', reader: readerOf('en', undefined) },
  { locale: 'zh-CN', reader: readerOf('zh', zh) },
] as const;

describeWithKvm('an operator’s day', () => {
  let served: TestConsole;

  beforeAll(async () => {
    assembleGuests();
    served = await TestConsole.start();
    await uploadImage(await apiOf(served), 'kernel', 'payload', guest('halt'));
    for (const role of ['operator', 'viewer']) {
      const user = { name: role, role, password: PASSWORD };
      expect((await served.request('POST', '/users', user)).status).toBe(201);
    }
  });
  afterAll(async () => {
    await served?.remove();
  });

  describe.each(READERS)('in the language of $locale', ({ locale, reader }) => {
    const { t, say } = reader;
    let visitor: Visitor;
    let page: Page;
    let brokenBy: string | undefined;

    beforeAll(async () => {
      visitor = await Visitor.arrive(`operator-${reader.language}`, locale);
      page = visitor.page;
      page.setDefaultTimeout(ANSWER_MS);
    });
    afterAll(async () => {
      await visitor?.leave();
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

    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const heading = (name: string) => page.getByRole('heading', { level: 1, name, exact: true });
    const row = (name: string) => page.getByRole('row', { name: new RegExp(name) });

    const signIn = async (name: string): Promise<void> => {
      await page.goto(`${served.address}/sign-in`);
      await page.getByLabel(t('session.name')).fill(name);
      await page.getByLabel(t('session.password'), { exact: true }).fill(PASSWORD);
      await button(t('session.signIn')).click();
      await heading(t('dashboard.title')).waitFor();
    };
    const chooseTab = (name: string) => page.getByRole('tab', { name, exact: true }).click();

    it('signs in, and the page says what language it is in', async () => {
      await signIn('operator');
      expect(await page.locator('html').getAttribute('lang')).toBe(reader.language);
      await visitor.shoot('dashboard');
    });

    it('creates a machine with something in each section, and starts it', async () => {
      await page.keyboard.press('c');
      await heading(t('create.title')).waitFor();
      await page.getByLabel(t('create.name'), { exact: true }).fill('');
      await button(t('create.createAndStart')).click();
      await page.getByText(say('Give the machine a name.')).waitFor();
      await page.getByLabel(t('create.name'), { exact: true }).fill('web-1');
      await page.getByLabel(t('create.tags'), { exact: true }).fill('shop, spot');
      await page.getByRole('radio', { name: new RegExp(t('create.ownKernel')) }).check();
      await page.getByLabel(t('create.kernel'), { exact: true }).selectOption('payload');
      await button(t('create.moreVcpus')).click();
      await page.getByLabel(t('create.memory'), { exact: true }).fill('64');
      await button(t('machine.diskAdd')).click();
      await page.getByLabel(t('machine.diskSizeGib')).fill('9000');
      await page.getByLabel(t('create.restart'), { exact: true }).selectOption('on-crash');
      await page.getByText(say('At most 8 TiB.')).waitFor();
      await page.getByLabel(t('machine.diskSizeGib')).fill('1');
      await page.getByLabel(t('create.balloon')).uncheck();
      await visitor.shoot('create');
      await button(t('create.createAndStart')).click();
      await page.waitForURL(/tab=console/);
      await page.getByText(t('vms.stateRunning'), { exact: true }).waitFor();
      await chooseTab(t('machine.tabHardware'));
      await row('web-1-disk-\\d 1 GiB').waitFor();
      await page.getByText(t('create.restartOnCrash')).waitFor();
      await visitor.shoot('hardware');
    });

    it('changes it, and is told that the change waits for a start', async () => {
      await button(t('machine.edit')).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(t('create.notes'), { exact: true }).fill('The shop.');
      await dialog.getByLabel(t('create.memory'), { exact: true }).fill('96');
      await visitor.shoot('edit');
      await dialog.getByRole('button', { name: t('common.save') }).click();
      await page.getByText(t('machine.changePending')).waitFor();
      await chooseTab(t('machine.tabOverview'));
      await page.getByText('The shop.').waitFor();
    });

    it('watches its figures, and shuts down what does not listen', async () => {
      const chart = page.getByRole('figure').filter({ hasText: t('machine.chartMemory') });
      await chart.getByText(/MiB/).first().waitFor();
      await page.getByRole('button', { name: t('vms.moreShort') }).click();
      await page.getByRole('menuitem', { name: t('vms.shutdown') }).click();
      await page.getByText(t('vms.stateStopping'), { exact: true }).waitFor();
      await chooseTab(t('machine.tabEvents'));
      await row(t('machine.eventCreated')).waitFor();
      await visitor.shoot('events');
    });

    it('finds machines by name, state and tag, and keeps that in the address', async () => {
      for (const name of ['web-2', 'web-10', 'mail']) await served.createVm({ name });
      await page.keyboard.press('Escape');
      await page.keyboard.press('g');
      await page.keyboard.press('m');
      await heading(t('vms.title')).waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type('web');
      const names = () => page.locator('tbody tr td:nth-child(2) a').allTextContents();
      await expect.poll(names).toEqual(['web-1', 'web-2', 'web-10']);
      await page
        .getByRole('columnheader', { name: t('vms.columnName') })
        .getByRole('button')
        .click();
      await expect.poll(names).toEqual(['web-10', 'web-2', 'web-1']);
      await button(`${t('vms.stateStopped')} 3`).click();
      await expect.poll(names).toEqual(['web-10', 'web-2']);
      expect(new URL(page.url()).search).toBe('?q=web&state=stopped&sort=-name');
      await page.reload();
      await expect.poll(names).toEqual(['web-10', 'web-2']);
      await visitor.shoot('filtered');
    });

    it('acts on several at once, with the effect counted first', async () => {
      await page.goto(`${served.address}/machines`);
      await page.getByLabel(t('list.chooseAll')).check();
      const bar = page.getByRole('region', { name: t('list.bulk') });
      const act = (name: string) => bar.getByRole('button', { name }).click();
      await act(t('vms.start'));
      const dialog = page.getByRole('dialog');
      await dialog.getByText(t('list.leftOne', { count: 1 })).waitFor();
      await page.keyboard.press('Escape');
      await act(t('vms.stop'));
      await dialog.getByText('web-1', { exact: true }).waitFor();
      await dialog.getByText(t('list.leftOther', { count: 3 })).waitFor();
      await visitor.shoot('bulk-stop');
      const confirm = t('list.confirmOne', { action: t('vms.stop'), count: 1 });
      await dialog.getByRole('button', { name: confirm }).click();
      await row(`web-1 .*${t('vms.stateStopped')}`).waitFor();
      await act(t('vms.delete'));
      await visitor.shoot('bulk-delete');
      const remove = t('list.confirmOther', { action: t('vms.delete'), count: 4 });
      await dialog.getByRole('button', { name: remove }).click();
      await page.getByRole('heading', { name: t('vms.emptyTitle') }).waitFor();
    });

    it('goes anywhere by the palette', async () => {
      const { id } = await served.createVm({ name: 'cellar' });
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox').fill('cel');
      await page
        .getByRole('option', { name: /cellar/ })
        .first()
        .waitFor();
      await visitor.shoot('palette');
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/machines/${id}`);
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox').fill(`${t('vms.delete')} cellar`);
      await page.keyboard.press('Enter');
      await page
        .getByRole('dialog')
        .getByRole('button', { name: t('vms.deleteConfirm') })
        .click();
      await page.getByText(t('vms.deleted', { name: 'cellar' })).waitFor();
    });

    it('reads the page in the other language at once, and comes back', async () => {
      const [other] = READERS.filter(({ locale: another }) => another !== locale);
      if (other === undefined) throw new Error('There is no other language.');
      await page.goto(`${served.address}/host`);
      await page.getByText(t('doctor.storage'), { exact: true }).waitFor();
      await visitor.shoot('host');
      const change = async (from: typeof t, to: string) => {
        await page.getByRole('button', { name: from('shell.language') }).click();
        await page.getByRole('menuitemradio', { name: to }).click();
      };
      await change(t, reader.language === 'en' ? '简体中文' : 'English');
      await heading(other.reader.t('host.title')).waitFor();
      await change(other.reader.t, reader.language === 'en' ? 'English' : '简体中文');
      await heading(t('host.title')).waitFor();
    });

    it('lets a viewer see it all and change nothing, with the reason', async () => {
      const { id } = await served.createVm({ name: 'seen' });
      await page.getByRole('button', { name: t('shell.userMenu', { name: 'operator' }) }).click();
      await page.getByRole('menuitem', { name: t('session.signOut') }).click();
      await page.waitForURL('**/sign-in');
      await signIn('viewer');
      await page.goto(`${served.address}/machines/${id}`);
      const start = button(t('vms.start'));
      expect(await start.getAttribute('aria-disabled')).toBe('true');
      await start.click({ force: true });
      await page.getByText(t('session.viewerOnly')).last().waitFor();
      await page.goto(`${served.address}/machines/new`);
      expect(await button(t('create.create')).getAttribute('aria-disabled')).toBe('true');
      await visitor.shoot('viewer');
      await served.request('DELETE', `/vms/${id}`);
    });

    it('did all this without an error in the page', () => {
      // The pages of machines that were deleted ask for them once more, and are told.
      expect(visitor.complaints.filter((text) => !/status of (401|404)/.test(text))).toEqual([]);
    });
  });
});
