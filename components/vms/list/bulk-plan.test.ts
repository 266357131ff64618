import { describe, expect, it } from 'vitest';
import { ACTIONS_BY_STATE } from '@/server/api/vm-actions';
import type { VmState } from '@/server/api/vms';
import { someVm } from '../../api/testing/fixtures';
import { BULK_ACTIONS, bulkPlan } from './bulk-plan';

const STATES = Object.keys(ACTIONS_BY_STATE) as VmState[];
const each = STATES.map((state) => someVm({ id: state, state }));

describe('an action on several machines', () => {
  it.each(BULK_ACTIONS)('%s takes those that allow it, and leaves the others', (action) => {
    const { affected, left } = bulkPlan(each, action);
    for (const { state } of affected) expect(ACTIONS_BY_STATE[state]).toContain(action);
    for (const { state } of left) expect(ACTIONS_BY_STATE[state]).not.toContain(action);
    expect(affected.length + left.length).toBe(each.length);
  });

  it('is counted by state before anything is done', () => {
    const vms = [...each, someVm({ id: 'another', state: 'running' })];
    expect(bulkPlan(vms, 'stop').byState).toEqual([
      { state: 'starting', count: 1 },
      { state: 'running', count: 2 },
      { state: 'paused', count: 1 },
      { state: 'stopping', count: 1 },
    ]);
  });
});
