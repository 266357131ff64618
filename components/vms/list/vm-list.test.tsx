import { screen, waitFor, within } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { someVm } from '../../api/testing/fixtures';
import type { World } from '../../api/testing/mock/world';
import { reasonOf, said, show, write } from '../../testing/show';
import { VmList } from './vm-list';

const FLEET = [
  someVm({ id: 'a', name: 'web-10', state: 'running', tags: ['shop'] }),
  someVm({ id: 'b', name: 'web-9', state: 'stopped', tags: ['shop'] }),
  someVm({ id: 'c', name: 'db', state: 'paused', notes: 'keeps the customers' }),
  someVm({ id: 'd', name: 'ci', state: 'crashed' }),
];

function fleet(world: World): void {
  for (const vm of FLEET) world.vms.put(vm);
}

const names = () => screen.getAllByRole('link').map((link) => link.textContent);
const listed = () => screen.findByRole('table', { name: 'Machines' });
const rowOf = (name: string) => {
  const row = screen.getByRole('link', { name }).closest('tr');
  if (row === null) throw new Error(`${name} has no row`);
  return within(row);
};
const bar = () => within(screen.getByRole('region', { name: 'With the chosen machines' }));

async function choose(person: UserEvent, ...chosen: string[]): Promise<void> {
  await listed();
  for (const name of chosen) {
    await person.click(screen.getByRole('checkbox', { name: `Choose ${name}` }));
  }
  await screen.findByRole('region', { name: 'With the chosen machines' });
}

describe('the list of machines', () => {
  it('counts machines, and those that run', async () => {
    show(<VmList />, { given: fleet });
    expect(await screen.findByText(/4 machines/)).toHaveProperty(
      'textContent',
      '4 machines · 1 running',
    );
  });

  it('sorts names as people count, and the other way round by a press', async () => {
    const { person } = show(<VmList />, { given: fleet });
    await listed();
    expect(names()).toEqual(['ci', 'db', 'web-9', 'web-10']);
    await person.click(screen.getByRole('button', { name: 'Name' }));
    expect(names()).toEqual(['web-10', 'web-9', 'db', 'ci']);
    expect(screen.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe(
      'descending',
    );
    expect(window.location.search).toBe('?sort=-name');
  });

  it('sorts by state, what needs a person first', async () => {
    const { person } = show(<VmList />, { given: fleet });
    await listed();
    await person.click(screen.getByRole('button', { name: 'State' }));
    expect(names()).toEqual(['ci', 'web-10', 'db', 'web-9']);
  });

  it.each([
    ['a part of a name', 'web', ['web-9', 'web-10']],
    ['a note', 'CUSTOMERS', ['db']],
    ['a tag', 'shop', ['web-9', 'web-10']],
  ])('finds machines by %s', async (_what, typed, found) => {
    const { person } = show(<VmList />, { given: fleet });
    await listed();
    await write(person, screen.getByRole('searchbox'), typed);
    expect(names()).toEqual(found);
    expect(screen.getByText(`${found.length} of 4 machines are shown.`)).toBeTruthy();
  });

  it('filters by states together, and by tag', async () => {
    const { person } = show(<VmList />, { given: fleet });
    await listed();
    await person.click(screen.getByRole('button', { name: /^Running/ }));
    await person.click(screen.getByRole('button', { name: /^Stopped/ }));
    expect(names()).toEqual(['web-9', 'web-10']);
    await person.click(screen.getByRole('button', { name: /^Running/, pressed: true }));
    expect(names()).toEqual(['web-9']);
    await person.selectOptions(screen.getByRole('combobox', { name: 'Tag' }), 'shop');
    expect(window.location.search).toBe('?state=stopped&tag=shop');
  });

  it('says when no machine is like that, and leads back to all', async () => {
    const { person } = show(<VmList />, { at: '/machines?q=nobody', given: fleet });
    expect(await screen.findByText('No machine is like that.')).toBeTruthy();
    await person.click(screen.getByRole('button', { name: 'Show all machines' }));
    expect(names()).toHaveLength(4);
    expect(window.location.search).toBe('');
  });

  it('follows events: a machine that changes, one that comes, one that goes', async () => {
    const { world } = show(<VmList />, { given: fleet });
    await listed();
    world.vms.change('c', { state: 'running', stateSince: world.now() });
    world.vms.put(someVm({ id: 'e', name: 'new' }));
    world.vms.remove('d');
    await waitFor(() => expect(names()).toEqual(['db', 'new', 'web-9', 'web-10']));
    expect(rowOf('db').getByText('Running')).toBeTruthy();
  });

  it('says why machines could not be fetched and what to do, and tries again', async () => {
    const { person, console } = show(<VmList />, {
      given: (world, { faults }) => {
        fleet(world);
        faults.break('listVms', { detail: 'The database is locked.', hint: 'Wait a moment.' });
      },
    });
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByText('The machines could not be fetched')).toBeTruthy();
    expect(alert.getByText('The database is locked.')).toBeTruthy();
    expect(alert.getByText('Wait a moment.')).toBeTruthy();
    console.faults.mend('listVms');
    await person.click(alert.getByRole('button', { name: 'Try again' }));
    await listed();
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('a console without machines', () => {
  it('is one press away from a shell', async () => {
    const { person, world, router } = show(<VmList />);
    await person.click(await screen.findByRole('button', { name: 'Create and start' }));
    await waitFor(() => expect(router.push).toHaveBeenCalled());
    const [vm] = world.vms.all;
    expect(vm?.name).toBe('linux-1');
    expect(router.push).toHaveBeenCalledWith(`/machines/${vm?.id}?tab=console`);
  });

  it('says that the image is built first', async () => {
    show(<VmList />, {
      given: (world) => {
        world.image = { ...world.image, status: { state: 'absent' } };
      },
    });
    expect(await screen.findByText(/The default image is built first/)).toBeTruthy();
  });

  it('says why the first machine could not be made, and lets one try again', async () => {
    const { person, console } = show(<VmList />);
    console.faults.refuse('createVm', { detail: 'The disk is full.', hint: 'Delete something.' });
    await person.click(await screen.findByRole('button', { name: 'Create and start' }));
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByText('The disk is full.')).toBeTruthy();
    expect(alert.getByText('Delete something.')).toBeTruthy();
    expect(reasonOf(screen.getByRole('button', { name: 'Create and start' }))).toBe('');
  });

  it.each([
    ['who may only look', { as: 'viewer' as const }, /You may look/],
    [
      'a host without KVM',
      {
        given: (world: World) => {
          const kvm = { available: false, detail: 'There is no /dev/kvm.', hint: 'Load it.' };
          world.host = { ...world.host, kvm: { ...kvm, available: false } };
        },
      },
      /There is no \/dev\/kvm/,
    ],
  ])('tells %s why nothing can be started', async (_who, options, reason) => {
    const { person, console } = show(<VmList />, options);
    const button = await screen.findByRole('button', { name: 'Create and start' });
    await waitFor(() => expect(reasonOf(button)).toMatch(reason));
    await person.click(button);
    expect(console.asked('createVm')).toEqual([]);
  });
});

describe('a row', () => {
  it('has the button that is wanted most in its state', async () => {
    show(<VmList />, { given: fleet });
    await listed();
    expect(rowOf('web-10').getByRole('button', { name: 'Stop' })).toBeTruthy();
    expect(rowOf('web-9').getByRole('button', { name: 'Start' })).toBeTruthy();
    expect(rowOf('db').getByRole('button', { name: 'Resume' })).toBeTruthy();
    expect(rowOf('ci').getByRole('button', { name: 'Start' })).toBeTruthy();
  });

  it('starts a machine, and shows each state on the way', async () => {
    const { person, world } = show(<VmList />, {
      given: (world) => {
        fleet(world);
        world.holdWork();
      },
    });
    await listed();
    await person.click(rowOf('web-9').getByRole('button', { name: 'Start' }));
    expect(await rowOf('web-9').findByText('Starting')).toBeTruthy();
    world.letGo();
    expect(await rowOf('web-9').findByText('Running')).toBeTruthy();
  });
});

describe('the bar of chosen machines', () => {
  it('counts what is chosen, and chooses nothing again', async () => {
    const { person } = show(<VmList />, { given: fleet });
    await choose(person, 'db', 'ci');
    expect(bar().getByRole('status').textContent).toBe('2 machines chosen');
    await person.click(bar().getByRole('button', { name: 'Choose none' }));
    expect(screen.queryByRole('region', { name: 'With the chosen machines' })).toBeNull();
  });

  it('leaves out what the filter hides, so that nobody stops what they do not see', async () => {
    const { person } = show(<VmList />, { given: fleet });
    await choose(person, 'db', 'web-9');
    await write(person, screen.getByRole('searchbox'), 'web');
    expect(bar().getByRole('status').textContent).toBe('1 machine chosen');
  });

  it('says why an action is possible with none of them', async () => {
    const { person } = show(<VmList />, { given: fleet });
    await choose(person, 'web-9');
    expect(reasonOf(bar().getByRole('button', { name: 'Stop' }))).toMatch(/None of the chosen/);
    expect(reasonOf(bar().getByRole('button', { name: 'Start' }))).toBe('');
  });

  it('counts what an action would do and what it leaves alone, before it does it', async () => {
    const { person, console } = show(<VmList />, { given: fleet });
    await choose(person, 'web-9', 'ci', 'web-10');
    await person.click(bar().getByRole('button', { name: 'Start' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Start 2 machines' }));
    expect(dialog.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
      '1 Crashed',
      '1 Stopped',
    ]);
    expect(dialog.getByText('ci, web-9')).toBeTruthy();
    expect(dialog.getByText(/^1 other is in a state that does not allow it/)).toBeTruthy();
    await person.click(dialog.getByRole('button', { name: 'Cancel' }));
    expect(console.asked('startVm')).toEqual([]);
  });

  it('does it to those it can be done to, and tells how many', async () => {
    const { person, world } = show(<VmList />, { given: fleet });
    await choose(person, 'web-9', 'ci', 'web-10');
    await person.click(bar().getByRole('button', { name: 'Start' }));
    await person.click(await screen.findByRole('button', { name: 'Start 2 machines' }));
    await said('Start: 2 done');
    await waitFor(() =>
      expect(world.vms.all.map(({ state }) => state)).toEqual([
        'running',
        'running',
        'paused',
        'running',
      ]),
    );
  });

  it('goes on when one fails, and says which and why', async () => {
    const { person, console, world } = show(<VmList />, { given: fleet });
    console.faults.refuse('deleteVm', { detail: 'Its files are busy.' });
    await choose(person, 'ci', 'web-9');
    await person.click(bar().getByRole('button', { name: 'Delete' }));
    await person.click(await screen.findByRole('button', { name: 'Delete 2 machines' }));
    await said('Delete: 1 done, 1 failed');
    await said('ci: Its files are busy.');
    expect(world.vms.find('b')).toBeUndefined();
    await waitFor(() => expect(names()).toEqual(['ci', 'db', 'web-10']));
  });

  it('tells a viewer why nothing can be done', async () => {
    const { person } = show(<VmList />, { as: 'viewer', given: fleet });
    await choose(person, 'web-9');
    for (const action of ['Start', 'Shut down', 'Stop', 'Pause', 'Resume', 'Delete']) {
      expect(reasonOf(bar().getByRole('button', { name: action }))).toMatch(/You may look/);
    }
  });
});
