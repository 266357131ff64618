import { screen, waitFor, within } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { ACTIONS_BY_STATE, reasonNot } from '@/server/api/vm-actions';
import { vmStateSchema } from '@/server/api/vms';
import { someDisk, someVm } from '../api/testing/fixtures';
import type { World } from '../api/testing/mock/world';
import { MachineView } from '../machine/machine-view';
import { reasonOf, said, show, write } from '../testing/show';

type Parts = Parameters<typeof someVm>[0];

/** The page of one machine, `web`. */
function showMachine(parts: Parts, options: Parameters<typeof show>[1] = {}) {
  return show(<MachineView id="web" />, {
    at: '/machines/web?tab=log',
    ...options,
    given: (world, console) => {
      world.vms.put(someVm({ id: 'web', name: 'web', ...parts }));
      options.given?.(world, console);
    },
  });
}

const actions = async () => within(await screen.findByRole('group', { name: 'Actions for web' }));
const press = async (person: UserEvent, name: string) =>
  person.click((await actions()).getByRole('button', { name }));

async function openMenu(person: UserEvent) {
  await press(person, 'More actions');
  return within(await screen.findByRole('menu'));
}

const choose = async (person: UserEvent, name: string) =>
  person.click((await openMenu(person)).getByRole('menuitem', { name }));

const BUTTONS = {
  start: 'Start',
  pause: 'Pause',
  resume: 'Resume',
  shutdown: 'Shut down',
} as const;
const ITEMS = { stop: /^Stop/, reset: /^Reset/, delete: /^Delete/ } as const;

describe.each(vmStateSchema.options)('a machine that is %s', (state) => {
  const possible = ACTIONS_BY_STATE[state];

  it.each(['start', 'pause', 'resume', 'shutdown'] as const)(
    'can do “%s”, or says why not',
    async (action) => {
      showMachine({ state });
      const button = (await actions()).queryByRole('button', { name: BUTTONS[action] });
      // One place for the two that are never possible together.
      const isShown =
        action === 'resume' ? state === 'paused' : action !== 'pause' || state !== 'paused';
      expect(button !== null).toBe(isShown);
      if (button === null) return;
      expect(reasonOf(button)).toBe(reasonNot(state, action) ?? '');
      expect(button.getAttribute('aria-disabled')).toBe(possible.includes(action) ? null : 'true');
    },
  );

  it.each(['stop', 'reset', 'delete'] as const)(
    'can do “%s” from its menu, or says why not',
    async (action) => {
      const { person } = showMachine({ state });
      const item = (await openMenu(person)).getByRole('menuitem', { name: ITEMS[action] });
      expect(reasonOf(item)).toBe(reasonNot(state, action) ?? '');
      expect(item.getAttribute('aria-disabled')).toBe(possible.includes(action) ? null : 'true');
    },
  );
});

describe('a start', () => {
  it('shows at once, before the console has answered', async () => {
    const { person, console } = showMachine({ state: 'stopped' });
    const letGo = console.faults.hold('startVm');
    await press(person, 'Start');
    expect(screen.getByText('Starting')).toBeTruthy();
    expect(console.world.vms.get('web').state).toBe('stopped');
    letGo();
    expect(await screen.findByText('Running')).toBeTruthy();
  });

  it('goes back when it is refused, with the cause and the next step', async () => {
    const { person, console } = showMachine({ state: 'stopped' });
    const letGo = console.faults.hold('startVm');
    console.faults.refuse('startVm', {
      status: 409,
      detail: 'Machines that run have all the memory.',
      hint: 'Stop another machine.',
    });
    await press(person, 'Start');
    expect(screen.getByText('Starting')).toBeTruthy();
    letGo();
    await said('web could not be started');
    await said('Machines that run have all the memory.');
    await said('Stop another machine.');
    expect(screen.getByText('Stopped')).toBeTruthy();
    expect(reasonOf((await actions()).getByRole('button', { name: 'Start' }))).toBe('');
  });

  it('leaves the focus at the button that was pressed', async () => {
    const { person } = showMachine({ state: 'stopped' });
    const start = (await actions()).getByRole('button', { name: 'Start' });
    start.focus();
    await person.keyboard('{Enter}');
    await screen.findByText('Running');
    expect(document.activeElement).toBe(start);
    expect(reasonOf(start)).toBe('Only a stopped or crashed machine can be started.');
  });

  it('stays what it has become, when its answer is lost after all', async () => {
    const { person, console, world } = showMachine({ state: 'stopped' });
    const letGo = console.faults.hold('startVm');
    console.faults.refuse('startVm');
    await press(person, 'Start');
    world.vms.change('web', { state: 'running', stateSince: world.now() });
    expect(await screen.findByText('Running')).toBeTruthy();
    letGo();
    await said('web could not be started');
    expect(screen.getByText('Running')).toBeTruthy();
  });

  it('is refused by the console for want of memory, which says how much there is', async () => {
    const { person } = showMachine(
      { state: 'stopped' },
      {
        given: (world) => {
          world.host = { ...world.host, memoryBytes: 64 * 1024 * 1024 };
        },
      },
    );
    await press(person, 'Start');
    await said(/would pass the 64 MiB they may have together/);
  });

  it('says that the console is out of reach', async () => {
    const { person, console } = showMachine({ state: 'stopped' });
    await actions();
    console.faults.isDown = true;
    await press(person, 'Start');
    await said('web could not be started');
    await said('The console does not answer.');
    expect(screen.getByText('Stopped')).toBeTruthy();
  });
});

describe('what loses something', () => {
  it.each([
    ['Stop', 'Stop web?', 'Stop machine', 'stopVm'],
    ['Reset', 'Reset web?', 'Reset machine', 'resetVm'],
  ] as const)('is asked about first: %s', async (action, title, confirm, operation) => {
    const { person, console } = showMachine({ state: 'running' });
    const ask = async () => {
      await choose(person, action);
      return within(await screen.findByRole('dialog', { name: title }));
    };
    await person.click((await ask()).getByRole('button', { name: 'Cancel' }));
    expect(console.asked(operation)).toEqual([]);
    await person.click((await ask()).getByRole('button', { name: confirm }));
    await waitFor(() => expect(console.asked(operation)).toHaveLength(1));
  });

  it('is not done when the machine has ended while the question stood there', async () => {
    const { person, console, world } = showMachine({ state: 'running' });
    await choose(person, 'Stop');
    const dialog = within(await screen.findByRole('dialog'));
    world.vms.change('web', { state: 'stopped', stateSince: world.now() });
    await screen.findByText('Stopped');
    await person.click(dialog.getByRole('button', { name: 'Stop machine' }));
    expect(console.asked('stopVm')).toEqual([]);
  });
});

describe('what loses nothing', () => {
  it('is done without a question', async () => {
    const { person } = showMachine({ state: 'running' });
    await press(person, 'Pause');
    expect(await screen.findByText('Paused')).toBeTruthy();
    await press(person, 'Resume');
    expect(await screen.findByText('Running')).toBeTruthy();
    await press(person, 'Shut down');
    expect(await screen.findByText('Stopped')).toBeTruthy();
  });
});

describe('a deletion', () => {
  const withDisks = (world: World) => {
    world.disks.put(someDisk({ id: 'root', name: 'web-root', vmId: 'web', position: 0 }));
    world.disks.put(someDisk({ id: 'other', name: 'of another', vmId: null }));
  };
  const ask = async (person: UserEvent) => {
    await choose(person, 'Delete');
    return within(await screen.findByRole('dialog', { name: 'Delete web?' }));
  };

  it('leads away from the page of the machine, and leaves its disks', async () => {
    const { person, world, router } = showMachine({}, { given: withDisks });
    const dialog = await ask(person);
    expect(await dialog.findByText('web-root')).toBeTruthy();
    expect(dialog.queryByText('of another')).toBeNull();
    await person.click(dialog.getByRole('button', { name: 'Delete machine' }));
    await said('web was deleted.');
    expect(router.push).toHaveBeenCalledWith('/machines');
    expect(world.disks.get('root').vmId).toBeNull();
  });

  it('takes the disks too when the name was typed, and not before', async () => {
    const { person, world, console } = showMachine({}, { given: withDisks });
    const dialog = await ask(person);
    await person.click(await dialog.findByRole('checkbox', { name: /Delete its disks too/ }));
    const confirm = dialog.getByRole('button', { name: 'Delete machine and disks' });
    expect(reasonOf(confirm)).toBe('Type web first.');
    await person.click(confirm);
    await write(person, dialog.getByRole('textbox', { name: 'Type web to confirm' }), 'we');
    await person.click(confirm);
    expect(console.asked('deleteVm')).toEqual([]);
    await write(person, dialog.getByRole('textbox'), 'b');
    expect(reasonOf(confirm)).toBe('');
    await person.click(confirm);
    await said('web was deleted.');
    expect(world.disks.all.map(({ id }) => id)).toEqual(['other']);
  });

  it('says which disk could not go with it', async () => {
    const { person, console } = showMachine({}, { given: withDisks });
    console.faults.refuse('deleteDisk', { detail: 'It is being copied.' });
    const dialog = await ask(person);
    await person.click(await dialog.findByRole('checkbox', { name: /Delete its disks too/ }));
    await write(person, dialog.getByRole('textbox'), 'web');
    await person.click(dialog.getByRole('button', { name: 'Delete machine and disks' }));
    await said('The disk web-root could not be deleted');
    await said('It is being copied.');
  });

  it('that is refused leaves the machine where it is', async () => {
    const { person, console, world, router } = showMachine({});
    console.faults.refuse('deleteVm', { detail: 'The database is locked.' });
    const dialog = await ask(person);
    await person.click(dialog.getByRole('button', { name: 'Delete machine' }));
    await said('web could not be deleted');
    expect(world.vms.find('web')).toBeDefined();
    expect(router.push).not.toHaveBeenCalled();
  });
});

describe('a viewer', () => {
  it('sees every action, and at each why it is not theirs', async () => {
    const { person, console } = showMachine({ state: 'running' }, { as: 'viewer' });
    const buttons = await actions();
    for (const name of ['Start', 'Pause', 'Shut down']) {
      await waitFor(() =>
        expect(reasonOf(buttons.getByRole('button', { name }))).toMatch(/^You may look/),
      );
    }
    const menu = await openMenu(person);
    for (const item of menu.getAllByRole('menuitem')) {
      expect(reasonOf(item)).toMatch(/^You may look/);
      await person.click(item);
    }
    expect(console.received.filter(({ name }) => name.endsWith('Vm') && name !== 'getVm')).toEqual(
      [],
    );
  });
});
