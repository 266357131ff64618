import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assembleGuests, guest } from '../guests/assemble';
import { apiOf, uploadImage } from '../support/api';
import { PASSWORD, TestConsole } from '../support/console';
import { describeWithKvm } from '../support/kvm';
import { READERS } from './support/readers';
import { inSteps } from './support/steps';
import { PageTerminal } from './support/terminal';
import { Visitor } from './support/visitor';

const ANSWER_MS = 15_000;

describeWithKvm('a viewer, who sees and cannot', () => {
  let served: TestConsole;
  let runs = '';

  beforeAll(async () => {
    assembleGuests();
    served = await TestConsole.start();
    const api = await apiOf(served);
    const kernelId = await uploadImage(api, 'kernel', 'echo', guest('echo'));
    const config = { boot: { from: 'kernel', kernelId }, memory: { bytes: 2 ** 26 } } as const;
    await api.call('createVm', { body: { name: 'rests', config } });
    runs = (await api.call('createVm', { body: { name: 'runs', config, start: true } })).id;
    await served.untilState(runs, 'running');
    await served.request('POST', '/users', { name: 'vera', role: 'viewer', password: PASSWORD });
  });
  afterAll(async () => {
    await served?.remove();
  });

  describe.each(READERS)('in $language', (reader) => {
    const { t, language } = reader;
    let visitor: Visitor;
    let page: Page;

    beforeAll(async () => {
      visitor = await Visitor.arrive(`viewer-${language}`, reader);
      page = visitor.page;
    });
    afterAll(async () => {
      await visitor?.leave();
    });
    inSteps(() => ({ served, visitors: [visitor] }));

    it('sees how things are, and goes from a count to its machines', async () => {
      await visitor.signIn(served, 'vera');
      await page.getByRole('link', { name: new RegExp(`${t('vms.stateStopped')} ?1`) }).click();
      await visitor.row('rests').waitFor();
      expect(await visitor.row('runs').count()).toBe(0);
      await visitor.shoot('stopped');
    });

    it('cannot act on a machine, and is told why', async () => {
      await page.goto(`${served.address}/machines/${runs}`);
      await visitor.header(t('vms.stateRunning')).waitFor();
      await visitor.disabledButton(t('vms.pause')).click({ force: true });
      await page.getByText(t('session.viewerOnly')).filter({ visible: true }).first().waitFor();
      await visitor.shoot('machine');
      await served.untilState(runs, 'running');
    });

    it('watches a console, and what they type goes nowhere', async () => {
      await visitor.chooseTab(t('machine.tabConsole'));
      await page.getByText(t('machine.readOnly')).waitFor();
      const terminal = new PageTerminal(page);
      await terminal.untilShown(/^>/, ANSWER_MS);
      await terminal.type('unheard');
      // The guest sends back what it gets, in order: had it got the one it had sent it by now.
      const operator = await served.openConsole(runs);
      await operator.untilShown(/>/);
      operator.type(language);
      await terminal.untilShown(new RegExp(`${language}$`, 'm'), ANSWER_MS);
      operator.socket.close();
      expect(await terminal.text()).not.toContain('unheard');
    });

    it('can neither make a machine nor bring an image', async () => {
      await page.goto(`${served.address}/machines/new`);
      await visitor.disabledButton(t('create.create')).waitFor();
      await visitor.disabledButton(t('create.createAndStart')).waitFor();
      await visitor.shoot('create');
      await visitor.open('images');
      await visitor.disabledButton(t('images.upload')).waitFor();
      await visitor.row('echo', t('images.ready')).waitFor();
    });

    it('finds no settings but their own, and no audit log', async () => {
      await visitor.open('settings');
      expect(await page.getByRole('tab').allInnerTexts()).toEqual([t('settings.account')]);
      expect(await page.getByRole('link', { name: t('shell.audit') }).count()).toBe(0);
      await page.goto(`${served.address}/audit`);
      await page.getByText(t('audit.failed')).waitFor();
      await visitor.shoot('audit');
    });

    it('did all this without an error in the page', () => {
      // The audit log was refused.
      const told = (text: string) => /status of (401|403)/.test(text);
      expect(visitor.complaints.filter((text) => !told(text))).toEqual([]);
    });
  });
});
