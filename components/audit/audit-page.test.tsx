import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '@/server/api/audit';
import type { World } from '../api/testing/mock/world';
import { show, write } from '../testing/show';
import { AuditPage } from './audit-page';

const entry = (id: number, parts: Partial<AuditEntry>): AuditEntry => ({
  ...{ id, at: '2026-01-01T00:00:00.000Z', userId: 'u', userName: 'admin', via: 'session' },
  ...{
    address: '10.0.0.1',
    action: 'vm.operate',
    operation: 'startVm',
    resourceKind: 'vm',
    resourceId: 'a',
  },
  ...{ resourceName: 'web', outcome: 'ok', code: null },
  ...parts,
});

function log(world: World): void {
  world.audit.push(
    entry(1, { action: 'vm.create', operation: 'createVm' }),
    entry(2, { userName: 'viewer', outcome: 'refused', code: 'forbidden' }),
    entry(3, {
      ...{ userName: '', action: 'session.open', operation: 'signIn' },
      ...{ outcome: 'failed', code: 'wrong-password' },
    }),
    entry(4, { userName: '', action: 'vm.restart', operation: '' }),
  );
}

const rows = async () => (await screen.findAllByRole('row')).slice(1).map((row) => row.textContent);

describe('the audit log', () => {
  it('tells who asked for what and what came of it, newest first', async () => {
    show(<AuditPage />, { given: log });
    const [unasked, first, second, third] = await rows();
    // What the console does by itself is no operation of its API.
    expect(unasked).toMatch(/nobody.*vm\.restart.*web.*Done/);
    expect(first).toMatch(/nobody.*signIn.*Failed.*wrong-password/);
    expect(second).toMatch(/viewer.*startVm.*web.*Refused.*forbidden/);
    expect(third).toMatch(/admin.*createVm.*web.*Done/);
  });

  it('is filtered by user and outcome, and exported by the same filter', async () => {
    const { person } = show(<AuditPage />, { given: log });
    await rows();
    await write(person, screen.getByRole('textbox', { name: 'User' }), 'viewer');
    await waitFor(async () => expect(await rows()).toHaveLength(1));
    await person.selectOptions(screen.getByRole('combobox', { name: 'Outcome' }), 'Refused');
    const link = screen.getByRole('link', { name: 'Export as JSON lines' });
    expect(link.getAttribute('href')).toBe('/api/v1/audit/export?user=viewer&outcome=refused');
    await person.selectOptions(screen.getByRole('combobox', { name: 'Outcome' }), 'Done');
    expect(await screen.findByRole('heading', { name: 'Nothing matches' })).toBeTruthy();
  });

  it('says why it could not be read, and tries again', async () => {
    const { person, console } = show(<AuditPage />, {
      given: (world, { faults }) => {
        log(world);
        faults.break('listAudit', { detail: 'It is locked.' });
      },
    });
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByText('The audit log could not be read')).toBeTruthy();
    console.faults.mend('listAudit');
    await person.click(alert.getByRole('button', { name: 'Try again' }));
    expect(await rows()).toHaveLength(4);
  });
});
