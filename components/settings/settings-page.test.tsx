import { screen, waitFor, within } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { World } from '../api/testing/mock/world';
import { PASSWORD } from '../api/testing/mock/world';
import { complaintOf, reasonOf, said, show, write } from '../testing/show';
import { SettingsPage } from './settings-page';

const dialog = async (name: string) => within(await screen.findByRole('dialog', { name }));
const section = async (name: string) => within(await screen.findByRole('region', { name }));
const AT = '2026-01-01T00:00:00.000Z';

function aToken(world: World): void {
  world.tokens.put({
    ...{ id: 't', name: 'nightly', userId: 'user-admin', prefix: 'vdt_abcd', scopes: ['read'] },
    ...{ createdAt: AT, expiresAt: '2030-01-01T00:00:00.000Z', lastUsedAt: null },
  });
}

describe('the parts of the settings', () => {
  it('are one for viewers and operators, and more for administrators', async () => {
    show(<SettingsPage />, { at: '/settings', as: 'operator' });
    await screen.findByRole('region', { name: 'API tokens' });
    expect(screen.getAllByRole('tab').map(({ textContent }) => textContent)).toEqual(['Account']);
  });

  it('stand in the address', async () => {
    const { person } = show(<SettingsPage />, { at: '/settings?section=users' });
    await section('Users');
    await person.click(screen.getByRole('tab', { name: 'Console' }));
    await section('Capacity');
    expect(window.location.search).toBe('?section=console');
  });

  it('of an administrator are not shown to others by their address', async () => {
    const { console } = show(<SettingsPage />, { at: '/settings?section=users', as: 'viewer' });
    await section('API tokens');
    expect(console.asked('listUsers')).toEqual([]);
  });
});

describe('tokens', () => {
  async function makeToken(person: UserEvent) {
    await person.click((await section('API tokens')).getByRole('button', { name: 'New token' }));
    const form = await dialog('New token');
    await write(person, form.getByRole('textbox', { name: 'Name' }), 'nightly');
    await person.click(form.getByRole('button', { name: 'Make token' }));
  }

  it('are shown once when they are made, and by their first letters afterwards', async () => {
    const { person } = show(<SettingsPage />);
    await makeToken(person);
    const shown = await dialog('Your new token');
    const secret = shown.getByText(/^vdt_/).textContent ?? '';
    expect(shown.getByText(/^Copy it now: it is shown this once/)).toBeTruthy();
    await person.click(shown.getByRole('button', { name: 'I have it' }));
    expect(screen.queryByText(secret)).toBeNull();
    const tokens = within(await screen.findByRole('group', { name: 'API tokens' }));
    expect(tokens.getByText('nightly')).toBeTruthy();
    expect(tokens.getByText(`${secret.slice(0, 8)}…`)).toBeTruthy();
    expect(tokens.getByText('Never')).toBeTruthy();
  });

  it('can be copied without being selected', async () => {
    const { person } = show(<SettingsPage />);
    await makeToken(person);
    const shown = await dialog('Your new token');
    await person.click(shown.getByRole('button', { name: 'Copy the token' }));
    expect(await navigator.clipboard.readText()).toBe(shown.getByText(/^vdt_/).textContent);
  });

  it('carry the right and the life that were chosen', async () => {
    const { person, console } = show(<SettingsPage />);
    await person.click(await screen.findByRole('button', { name: 'New token' }));
    const form = await dialog('New token');
    await write(person, form.getByRole('textbox', { name: 'Name' }), 'grafana');
    await person.selectOptions(
      form.getByRole('combobox', { name: 'What it may do' }),
      'Read figures for Prometheus',
    );
    await person.selectOptions(form.getByRole('combobox', { name: 'Good for' }), '30 days');
    await person.click(form.getByRole('button', { name: 'Make token' }));
    await dialog('Your new token');
    expect(console.asked('createToken')[0]?.body).toEqual({
      ...{ name: 'grafana', scopes: ['metrics'], lifeSeconds: 30 * 86_400 },
    });
  });

  it('without a name are not made, and it is said why', async () => {
    const { person } = show(<SettingsPage />);
    await person.click(await screen.findByRole('button', { name: 'New token' }));
    const form = await dialog('New token');
    await person.click(form.getByRole('button', { name: 'Make token' }));
    const alert = within(await form.findByRole('alert'));
    expect(alert.getByText('The token could not be made')).toBeTruthy();
    expect(alert.getByText(/Give the token a name\./)).toBeTruthy();
  });

  it('are revoked after a question', async () => {
    const { person, world } = show(<SettingsPage />, { given: aToken });
    await person.click(await screen.findByRole('button', { name: 'Revoke' }));
    const question = await dialog('Revoke nightly?');
    await person.click(question.getByRole('button', { name: 'Cancel' }));
    expect(world.tokens.all).toHaveLength(1);
    await person.click(screen.getByRole('button', { name: 'Revoke' }));
    await person.click((await dialog('Revoke nightly?')).getByRole('button', { name: 'Revoke' }));
    expect(await screen.findByText('You have no tokens.')).toBeTruthy();
  });

  it('that could not be revoked are there still, and it is said', async () => {
    const { person, console } = show(<SettingsPage />, { given: aToken });
    console.faults.refuse('deleteToken', { detail: 'It is locked.' });
    await person.click(await screen.findByRole('button', { name: 'Revoke' }));
    await person.click((await dialog('Revoke nightly?')).getByRole('button', { name: 'Revoke' }));
    await said('The token could not be revoked');
    expect(screen.getByText('nightly')).toBeTruthy();
  });
});

describe('sessions', () => {
  const elsewhere = (world: World) => {
    world.sessions.put({
      ...{ id: 's', userId: 'user-admin', createdAt: AT, lastSeenAt: AT, expiresAt: AT },
      ...{ address: '10.0.0.9', userAgent: 'A telephone', current: false },
    });
  };

  it('are listed, this one marked; another can be ended, this one not', async () => {
    const { person } = show(<SettingsPage />, { given: elsewhere });
    const list = within(await screen.findByRole('group', { name: 'Where you are signed in' }));
    expect(list.getAllByRole('button').map(({ textContent }) => textContent)).toEqual(['Sign out']);
    await person.click(list.getByRole('button', { name: 'Sign out' }));
    await waitFor(() => expect(list.queryByText('A telephone')).toBeNull());
    expect(list.getByText('This browser', { selector: '[title]' })).toBeTruthy();
  });

  it('elsewhere are ended all at once', async () => {
    const { person, world } = show(<SettingsPage />, { given: elsewhere });
    await person.click(await screen.findByRole('button', { name: 'Sign out everywhere else' }));
    await waitFor(() => expect(world.sessions.all).toMatchObject([{ current: true }]));
    await waitFor(() =>
      expect(screen.queryByRole('button', { name: 'Sign out everywhere else' })).toBeNull(),
    );
  });
});

describe('one’s own password', () => {
  const change = async (person: UserEvent, old: string, next: string) => {
    const form = await section('Password');
    await write(person, form.getByLabelText('Present password'), old);
    await write(person, form.getByLabelText('New password'), next);
    await person.click(form.getByRole('button', { name: 'Change password' }));
    return form;
  };

  it('is changed by who knows the old one, and the fields are empty again', async () => {
    const { person, world } = show(<SettingsPage />, { as: 'viewer' });
    await change(person, PASSWORD, 'a new long password');
    await said('The password is changed; other sessions are signed out.');
    expect(world.passwords.get('user-viewer')).toBe('a new long password');
    expect(screen.getByLabelText<HTMLInputElement>('New password').value).toBe('');
  });

  it.each([
    ['the old one is wrong', 'wrong', 'a new long password', /give the one you have now/],
    ['the new one is short', PASSWORD, 'short', /At least 10 characters/],
  ])('stays when %s, and it is said', async (_when, old, next, words) => {
    const { person, world } = show(<SettingsPage />);
    const form = await change(person, old, next);
    expect(within(await form.findByRole('alert')).getByText(words)).toBeTruthy();
    expect(world.passwords.get('user-admin')).toBe(PASSWORD);
  });
});

describe('users', () => {
  const at = { at: '/settings?section=users' };
  const rowOf = (name: string) => within(screen.getByText(name).closest('tr') as HTMLElement);

  it('are made with a role, and can sign in', async () => {
    const { person, world } = show(<SettingsPage />, at);
    await person.click(await screen.findByRole('button', { name: 'New user' }));
    const form = await dialog('New user');
    await write(person, form.getByRole('textbox', { name: 'Name' }), 'grace');
    await person.selectOptions(form.getByRole('combobox', { name: 'Role' }), 'Viewer');
    await write(person, form.getByLabelText('New password'), 'a long password');
    await person.click(form.getByRole('button', { name: 'Make user' }));
    await said('grace can sign in now.');
    expect(await screen.findByText('grace')).toBeTruthy();
    expect(world.users.all.at(-1)).toMatchObject({ name: 'grace', role: 'viewer' });
  });

  it('are checked before they are sent, and their names by the console', async () => {
    const { person, console } = show(<SettingsPage />, at);
    await person.click(await screen.findByRole('button', { name: 'New user' }));
    const form = await dialog('New user');
    await write(person, form.getByRole('textbox', { name: 'Name' }), 'Viewer');
    await write(person, form.getByLabelText('New password'), 'short');
    await person.click(form.getByRole('button', { name: 'Make user' }));
    expect(await form.findByText('At least 10 characters.')).toBeTruthy();
    expect(console.asked('createUser')).toEqual([]);
    await write(person, form.getByLabelText('New password'), ' and longer');
    await person.click(form.getByRole('button', { name: 'Make user' }));
    expect(await form.findByText('Another user has this name.')).toBeTruthy();
  });

  it('are given another role, disabled and enabled', async () => {
    const { person, world } = show(<SettingsPage />, at);
    const role = await screen.findByRole('combobox', { name: 'Role: viewer' });
    await person.selectOptions(role, 'Operator');
    await waitFor(() => expect(world.users.get('user-viewer').role).toBe('operator'));
    await person.click(rowOf('viewer').getByRole('button', { name: 'Disable' }));
    expect(await rowOf('viewer').findByText('Disabled')).toBeTruthy();
    await person.click(rowOf('viewer').getByRole('button', { name: 'Enable' }));
    await waitFor(() => expect(rowOf('viewer').queryByText('Disabled')).toBeNull());
  });

  it('are deleted after a question that says what goes with them', async () => {
    const { person, world } = show(<SettingsPage />, at);
    await screen.findByText('viewer');
    await person.click(rowOf('viewer').getByRole('button', { name: 'Delete' }));
    const question = await dialog('Delete viewer?');
    expect(question.getByText(/Their sessions and tokens end at once/)).toBeTruthy();
    await person.click(question.getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(screen.queryByText('viewer')).toBeNull());
    expect(world.users.find('user-viewer')).toBeUndefined();
  });

  it('have an administrator among them always: the last stays, and it is said why', async () => {
    const { person, world } = show(<SettingsPage />, at);
    const role = await screen.findByRole<HTMLSelectElement>('combobox', { name: 'Role: admin' });
    await person.selectOptions(role, 'Viewer');
    await said('The user could not be changed');
    await said('Without "admin" nobody could administer this console.');
    await said('Make another user an administrator first.');
    expect(role.value).toBe('admin');
    expect(world.users.get('user-admin').role).toBe('admin');
  });
});

describe('the settings of the console', () => {
  const at = { at: '/settings?section=console' };

  it('are saved whole', async () => {
    const { person, world } = show(<SettingsPage />, at);
    const days = await screen.findByRole('spinbutton', { name: 'Audit log, days' });
    await person.clear(days);
    await write(person, days, '30');
    await person.click(screen.getByRole('checkbox', { name: /private networks/ }));
    await person.click(screen.getByRole('button', { name: 'Save' }));
    await said('Saved.');
    expect(world.settings).toMatchObject({
      revision: 1,
      settings: { retention: { auditDays: 30 }, images: { allowPrivateImport: true } },
    });
  });

  it.each([
    ['Tasks, days', '', 'A whole number.'],
    ['Tasks, days', '0', 'At least 1.'],
    ['Memory for machines', '11', 'At most 10.'],
    ['Memory for machines', '', 'A number.'],
  ])('say at %s “%s” what is wrong with it', async (name, typed, complaint) => {
    const { person, console } = show(<SettingsPage />, at);
    const field = await screen.findByRole('spinbutton', { name });
    await person.clear(field);
    if (typed !== '') await write(person, field, typed);
    await person.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(complaintOf(field)).toBe(complaint));
    expect(console.asked('replaceSettings')).toEqual([]);
  });

  it('that somebody else has changed meanwhile are not overwritten', async () => {
    const { person, world } = show(<SettingsPage />, at);
    await screen.findByRole('spinbutton', { name: 'Tasks, days' });
    world.settings = { ...world.settings, revision: 1 };
    await person.click(screen.getByRole('button', { name: 'Save' }));
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByText('Somebody else has changed this since you read it.')).toBeTruthy();
    expect(reasonOf(screen.getByRole('button', { name: 'Save' }))).toBe('');
  });

  it.each([
    ['refused for theirs', '7', undefined],
    ['wrong itself', '', 'A whole number.'],
  ])('keep what both have changed, once a change is %s', async (_by, typed, wrong) => {
    const { person, world } = show(<SettingsPage />, at);
    const field = (name: string) => screen.getByRole<HTMLInputElement>('spinbutton', { name });
    await screen.findByRole('region', { name: 'Kept for' });
    const days = field('Tasks, days');
    await person.clear(days);
    if (typed !== '') await write(person, days, typed);
    const { settings } = world.settings;
    const retention = { ...settings.retention, auditDays: 30 };
    world.settings = { revision: 1, settings: { ...settings, retention } };
    await person.click(screen.getByRole('button', { name: 'Save' }));
    const title = await screen.findByText('Somebody else saved the settings meanwhile');
    const notice = within(title.closest('[role=status]') as HTMLElement);
    const changes = notice.getAllByRole('listitem').map(({ textContent }) => textContent);
    expect(changes).toEqual(['Audit log, days']);
    expect([days.value, field('Audit log, days').value]).toEqual([typed, '30']);
    expect(complaintOf(days)).toBe(wrong);
    await person.clear(days);
    await write(person, days, '7');
    await person.click(screen.getByRole('button', { name: 'Save' }));
    await said('Saved.');
    expect(world.settings.settings.retention).toMatchObject({ auditDays: 30, taskDays: 7 });
  });
});
