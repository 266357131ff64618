import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { someVm } from '../../api/testing/fixtures';
import type { World } from '../../api/testing/mock/world';
import { show } from '../../testing/show';
import { VmList } from './vm-list';

const FLEET = [
  someVm({ id: 'a', name: 'web-10', state: 'running', tags: ['shop'] }),
  someVm({ id: 'b', name: 'web-9', state: 'stopped', tags: ['shop'] }),
  someVm({ id: 'c', name: 'db', state: 'paused', notes: 'customers of the shop' }),
  someVm({ id: 'd', name: 'ci', state: 'crashed' }),
];
const fleet = (world: World) => {
  for (const vm of FLEET) world.vms.put(vm);
};
const names = async () => (await screen.findAllByRole('link')).map((link) => link.textContent);

describe('the list of machines', () => {
  it('sorts names as people count, and the other way round by a press', async () => {
    const { person } = show(<VmList />, { at: '/machines', given: fleet });
    expect(await names()).toEqual(['ci', 'db', 'web-9', 'web-10']);
    await person.click(screen.getByRole('button', { name: 'Name' }));
    expect(await names()).toEqual(['web-10', 'web-9', 'db', 'ci']);
  });
});
