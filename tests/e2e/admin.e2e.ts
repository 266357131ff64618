import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, TestConsole } from '../support/console';
import { describeWithKvm } from '../support/kvm';
import { READERS } from './support/readers';
import { inSteps } from './support/steps';
import { Visitor } from './support/visitor';

describeWithKvm('an administrator’s first day', () => {
  describe.each(READERS)('in $language', (reader) => {
    const { t, say, language } = reader;
    let served: TestConsole;
    let visitor: Visitor;
    let page: Page;

    beforeAll(async () => {
      served = await TestConsole.fresh();
      visitor = await Visitor.arrive(`admin-${language}`, reader);
      page = visitor.page;
    });
    afterAll(async () => {
      await visitor?.leave();
      await served?.remove();
    });
    inSteps(() => ({ served, visitors: [visitor] }));

    it('sets the console up by the one-time link, which opens nothing any more', async () => {
      await visitor.firstRun(served, 'ada');
      const stranger = await Visitor.arrive(`stranger-${language}`, reader);
      await stranger.page.goto(served.oneTimeLink);
      await stranger.page.getByText(t('session.alreadyDone')).waitFor();
      await stranger.leave();
    });

    it('makes a user, and is told what a password has to be', async () => {
      await visitor.open('settings');
      await visitor.chooseTab(t('settings.users'));
      await visitor.button(t('settings.userNew')).click();
      const { dialog } = visitor;
      await visitor.field(t('session.name'), dialog).fill('vera');
      await visitor.field(t('settings.userRole'), dialog).selectOption('viewer');
      await visitor.field(t('session.newPassword'), dialog).fill('short');
      await visitor.button(t('settings.userCreate'), dialog).click();
      await dialog.getByText(say('At least 10 characters.'), { exact: true }).waitFor();
      await visitor.shoot('short-password');
      await visitor.field(t('session.newPassword'), dialog).fill(PASSWORD);
      await visitor.button(t('settings.userCreate'), dialog).click();
      await dialog.waitFor({ state: 'hidden' });
      await visitor.row('vera').waitFor();
      await visitor.shoot('users');
    });

    it('makes a token that works, shown once, and revokes it', async () => {
      await visitor.chooseTab(t('settings.account'));
      await visitor.button(t('settings.tokenNew')).click();
      await visitor.field(t('settings.tokenName'), visitor.dialog).fill('laptop');
      await visitor.button(t('settings.tokenCreate'), visitor.dialog).click();
      const token = String(await page.locator('[data-token]').textContent());
      await visitor.shoot('token');
      const ask = () =>
        fetch(`${served.address}/api/v1/vms`, { headers: { authorization: `Bearer ${token}` } });
      expect((await ask()).status).toBe(200);
      await visitor.button(t('settings.tokenDone')).click();
      await visitor.row('laptop').waitFor();
      expect(await page.content()).not.toContain(token);
      await visitor.button(t('settings.tokenRevoke'), visitor.row('laptop')).click();
      await visitor.button(t('settings.tokenRevoke'), visitor.dialog).click();
      await page.getByText(t('settings.tokensNone')).waitFor();
      expect((await ask()).status).toBe(401);
    });

    it('changes what the console allows', async () => {
      await visitor.chooseTab(t('settings.console'));
      const days = visitor.field(t('settings.taskDays'));
      await days.fill('0');
      await visitor.button(t('common.save')).click();
      await page.getByText(t('settings.consoleSaveFailed')).waitFor();
      await visitor.shoot('refused-settings');
      await days.fill('7');
      await visitor.button(t('common.save')).click();
      await page.getByText(t('common.saved')).waitFor();
      await page.reload();
      await expect.poll(() => days.inputValue()).toBe('7');
      await visitor.shoot('settings');
    });

    it('ends what a user may, and allows it again', async () => {
      await visitor.chooseTab(t('settings.users'));
      await visitor.button(t('settings.userDisable'), visitor.row('vera')).click();
      await visitor.row('vera', t('settings.userDisabled')).waitFor();
      const vera = await Visitor.arrive(`vera-${language}`, reader);
      await vera.page.goto(`${served.address}/sign-in`);
      await vera.giveCredentials('vera');
      await vera.page.getByText(t('session.signInFailed')).waitFor();
      await visitor.button(t('settings.userEnable'), visitor.row('vera')).click();
      await visitor.row('vera', t('settings.userDisabled')).waitFor({ state: 'hidden' });
      await vera.signIn(served, 'vera');
      await vera.leave();
    });

    it('finds all that in the audit log', async () => {
      await visitor.open('audit');
      for (const action of ['replaceSettings', 'createUser', 'createToken']) {
        await visitor.row(action, 'ada', t('audit.ok')).first().waitFor();
      }
      await visitor.field(t('audit.filterOutcome')).selectOption('refused');
      await visitor.row('signIn', t('audit.refused')).first().waitFor();
      await visitor.row('createUser', t('audit.ok')).first().waitFor({ state: 'hidden' });
      await visitor.shoot('audit');
      await visitor.field(t('audit.filterUser')).fill('nobody-of-this-name');
      await page.getByText(t('audit.emptyTitle')).waitFor();
    });

    it('did all this without an error in the page', () => {
      // What was refused on purpose.
      const unexpected = visitor.complaints.filter((text) => !/status of (401|422)/.test(text));
      expect(unexpected).toEqual([]);
    });
  });
});
