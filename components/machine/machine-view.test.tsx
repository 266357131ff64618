import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { someDisk, someImage, someProblem, someVm } from '../api/testing/fixtures';
import type { World } from '../api/testing/mock/world';
import { complaintOf, reasonOf, said, show, write } from '../testing/show';
import { MachineView } from './machine-view';

type Parts = Parameters<typeof someVm>[0];

function showMachine(
  parts: Parts,
  given: (world: World) => void = () => {},
  as: 'admin' | 'viewer' = 'admin',
) {
  return show(<MachineView id="web" />, {
    at: '/machines/web?tab=hardware',
    as,
    given: (world) => {
      world.vms.put(someVm({ id: 'web', name: 'web', ...parts }));
      given(world);
    },
  });
}

const dialog = async (name: string) => within(await screen.findByRole('dialog', { name }));
const disks = async () => within(await screen.findByRole('region', { name: 'Disks' }));
const aDisk = (world: World) => {
  world.disks.put(someDisk({ id: 'root', name: 'root', vmId: 'web', position: 0 }));
};

describe('the page of a machine', () => {
  it('says that there is no such machine, and leads to those there are', async () => {
    show(<MachineView id="gone" />, { at: '/machines/gone' });
    expect(await screen.findByRole('heading', { name: 'There is no such machine' })).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Go to machines' }).getAttribute('href')).toBe(
      '/machines',
    );
  });

  it('says why it could not be fetched, and tries again', async () => {
    const { person, console } = show(<MachineView id="web" />, {
      at: '/machines/web?tab=log',
      given: (world, { faults }) => {
        world.vms.put(someVm({ id: 'web', name: 'web' }));
        faults.break('getVm', { detail: 'It is locked.' });
      },
    });
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByText('It is locked.')).toBeTruthy();
    console.faults.mend('getVm');
    await person.click(alert.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('heading', { name: 'web' })).toBeTruthy();
  });

  it('becomes "no such machine" when somebody else deletes it', async () => {
    const { world } = showMachine({});
    await screen.findByRole('heading', { name: 'web' });
    world.vms.remove('web');
    expect(await screen.findByRole('heading', { name: 'There is no such machine' })).toBeTruthy();
  });

  it('says why the last start failed, and what to do', async () => {
    showMachine({ problem: someProblem({ detail: 'No memory.', hint: 'Stop another.' }) });
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByText('The last start failed')).toBeTruthy();
    expect(alert.getByText('No memory.')).toBeTruthy();
    expect(alert.getByText('Stop another.')).toBeTruthy();
  });

  it('says what a start waits for, and how far that is', async () => {
    showMachine({ state: 'starting', waitingFor: 'building the default image' }, (world) => {
      world.image = {
        ...world.image,
        status: { state: 'building', step: 'Compiling', detail: null, fraction: 0.5 },
      };
    });
    expect(await screen.findByText(/Starting: building the default image/)).toBeTruthy();
    expect(await screen.findByText('Compiling')).toBeTruthy();
  });

  it('says what a start waits for in the language of its reader', async () => {
    show(<MachineView id="web" />, {
      ...{ at: '/machines/web?tab=log', language: 'zh' },
      given: (world) => {
        const waitingFor = 'building the default image';
        world.vms.put(someVm({ id: 'web', name: 'web', state: 'starting', waitingFor }));
      },
    });
    expect(await screen.findByText(/正在构建默认镜像/)).toBeTruthy();
    expect(screen.queryByText(/building/)).toBeNull();
  });

  it('says why it crashed, with what helps to find the reason', async () => {
    showMachine({
      state: 'crashed',
      crash: {
        reason: 'triple-fault',
        message: 'The guest met a triple fault.',
        hint: 'Look at its last lines.',
        at: '2026-01-01T00:00:00.000Z',
        lastLines: ['Kernel panic'],
      },
    });
    expect(await screen.findByText('The machine crashed')).toBeTruthy();
    expect(screen.getByText('The guest met a triple fault.')).toBeTruthy();
    expect(screen.getByText('Look at its last lines.')).toBeTruthy();
  });

  it('keeps its tabs in the address', async () => {
    const { person } = showMachine({});
    await person.click(await screen.findByRole('tab', { name: 'Events' }));
    expect(window.location.search).toBe('?tab=events');
    await person.click(screen.getByRole('tab', { name: 'Log' }));
    expect(await screen.findByText(/The monitor has begun\./)).toBeTruthy();
  });
});

describe('the configuration', () => {
  it('is changed in a dialog, and at once when the machine is off', async () => {
    const { person, world } = showMachine({});
    await person.click(await screen.findByRole('button', { name: 'Edit' }));
    const form = await dialog('Edit web');
    const name = form.getByRole('textbox', { name: 'Name' });
    await person.clear(name);
    await write(person, name, 'shop');
    await person.click(form.getByRole('button', { name: '512 MiB' }));
    await person.click(form.getByRole('button', { name: 'Save' }));
    await said('Saved.');
    expect(await screen.findByRole('heading', { name: 'shop' })).toBeTruthy();
    expect(world.vms.get('web').config.memory.bytes).toBe(512 * 1024 * 1024);
  });

  it('of a machine that runs comes with its next start, which is said', async () => {
    const { person } = showMachine({ state: 'running' });
    await person.click(await screen.findByRole('button', { name: 'Edit' }));
    const form = await dialog('Edit web');
    expect(form.getByText(/what it is made of changes with its next start/)).toBeTruthy();
    await person.click(form.getByRole('button', { name: 'One vCPU more' }));
    await person.click(form.getByRole('button', { name: 'Save' }));
    await said('Saved. It comes with the next start.');
    expect(await screen.findByText('What was changed comes with the next start.')).toBeTruthy();
  });

  describe('that somebody else has changed meanwhile', () => {
    /** Tags are typed here; what `theirs` says is saved elsewhere before these are. */
    async function collide(theirs: Parts) {
      const { person, world } = showMachine({ tags: [], notes: '' });
      await person.click(await screen.findByRole('button', { name: 'Edit' }));
      const form = await dialog('Edit web');
      await write(person, form.getByRole('textbox', { name: 'Tags' }), 'mine');
      world.vms.change('web', { ...theirs, revision: 2 });
      const save = () => person.click(form.getByRole('button', { name: 'Save' }));
      await save();
      const title = await form.findByText('Somebody else saved this machine meanwhile');
      const notice = within(title.closest('[role=status]') as HTMLElement);
      const changes = notice.getAllByRole('listitem').map(({ textContent }) => textContent);
      const value = (name: string) => form.getByRole<HTMLInputElement>('textbox', { name }).value;
      return { person, world, save, notice, changes, value };
    }

    it('is told, and keeps what both have changed', async () => {
      const { world, save, changes, value } = await collide({ notes: 'of somebody else' });
      expect(changes).toEqual(['Notes: “–” is now “of somebody else”.']);
      expect([value('Tags'), value('Notes')]).toEqual(['mine', 'of somebody else']);
      expect(world.vms.get('web')).toMatchObject({ tags: [], notes: 'of somebody else' });
      await save();
      await said('Saved.');
      expect(world.vms.get('web')).toMatchObject({ tags: ['mine'], notes: 'of somebody else' });
    });

    it('is put in the place of theirs by who saves once more', async () => {
      const { world, save, changes, value } = await collide({ tags: ['theirs'] });
      expect(changes).toEqual(['Tags: “–” is now “theirs”. You typed something else here.']);
      expect(value('Tags')).toBe('mine');
      expect(world.vms.get('web').tags).toEqual(['theirs']);
      await save();
      await said('Saved.');
      expect(world.vms.get('web').tags).toEqual(['mine']);
    });

    it('is left to them by who takes theirs', async () => {
      const { person, world, notice, value } = await collide({ tags: ['theirs'] });
      await person.click(notice.getByRole('button', { name: 'Take theirs' }));
      expect(screen.queryByText('Somebody else saved this machine meanwhile')).toBeNull();
      expect(value('Tags')).toBe('theirs');
      expect(world.vms.get('web').tags).toEqual(['theirs']);
    });
  });

  it('says at the field what is wrong, and sends nothing', async () => {
    const { person, console } = showMachine({});
    await person.click(await screen.findByRole('button', { name: 'Edit' }));
    const form = await dialog('Edit web');
    await person.clear(form.getByRole('textbox', { name: 'vCPUs' }));
    await person.click(form.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(form.getByRole('textbox', { name: 'vCPUs' }).getAttribute('aria-invalid')).toBe(
        'true',
      ),
    );
    expect(console.asked('changeVm')).toEqual([]);
  });

  it('is not changed by a viewer, who is told why', async () => {
    showMachine({}, aDisk, 'viewer');
    for (const name of ['Edit', 'Add disk', 'Grow', 'Detach root']) {
      const button = await screen.findByRole('button', { name });
      await waitFor(() => expect(reasonOf(button)).toMatch(/^You may look/));
    }
  });
});

describe('its disks', () => {
  it('say what it means to have none', async () => {
    showMachine({});
    expect(await screen.findByText(/It has no disks: what it writes is gone/)).toBeTruthy();
  });

  it('are a new one, of a name that is free', async () => {
    const { person, world } = showMachine({}, (world) => {
      world.disks.put(someDisk({ id: 'x', name: 'web-disk-1' }));
    });
    await person.click((await disks()).getByRole('button', { name: 'Add disk' }));
    const form = await dialog('Add disk');
    expect(form.getByRole<HTMLInputElement>('textbox', { name: 'Name' }).value).toBe('web-disk-2');
    await person.click(form.getByRole('button', { name: 'Add disk' }));
    await said('The disk is attached.');
    expect(await (await disks()).findByText('web-disk-2')).toBeTruthy();
    expect(world.disks.all.at(-1)).toMatchObject({ vmId: 'web', sizeBytes: 4 * 1024 ** 3 });
  });

  it('are a copy of an image, or one that is free', async () => {
    const { person, world } = showMachine({}, (world) => {
      world.images.put(someImage());
      world.disks.put(someDisk({ id: 'free', name: 'free' }));
    });
    await person.click((await disks()).getByRole('button', { name: 'Add disk' }));
    let form = await dialog('Add disk');
    const submit = () => form.getByRole('button', { name: 'Add disk' });
    await person.selectOptions(form.getByRole('combobox', { name: 'What kind of disk' }), 'image');
    expect(reasonOf(submit())).toBe('Choose one');
    await person.selectOptions(form.getByRole('combobox', { name: 'Image' }), 'debian.qcow2');
    await person.click(submit());
    await said('The disk is attached.');

    await person.click((await disks()).getByRole('button', { name: 'Add disk' }));
    form = await dialog('Add disk');
    await person.selectOptions(form.getByRole('combobox', { name: 'What kind of disk' }), 'disk');
    await person.selectOptions(form.getByRole('combobox', { name: 'Disk' }), 'free');
    await person.click(submit());
    await waitFor(() =>
      expect(world.disks.get('free')).toMatchObject({ vmId: 'web', position: 1 }),
    );
  });

  it('stay as they are while it runs, but can grow', async () => {
    showMachine({ state: 'running' }, aDisk);
    const list = await disks();
    expect(reasonOf(await list.findByRole('button', { name: 'Detach root' }))).toBe(
      'Stop the machine first.',
    );
    expect(reasonOf(list.getByRole('button', { name: 'Add disk' }))).toBe(
      'Stop the machine first.',
    );
    expect(reasonOf(list.getByRole('button', { name: 'Grow' }))).toBe('');
  });

  it('grow, and never shrink', async () => {
    const { person, world } = showMachine({ state: 'running' }, aDisk);
    await person.click(await screen.findByRole('button', { name: 'Grow' }));
    const form = await dialog('Grow root');
    const size = form.getByRole('spinbutton', { name: 'Size in GiB' });
    await person.clear(size);
    await write(person, size, '2');
    await person.click(form.getByRole('button', { name: 'Grow' }));
    await waitFor(() => expect(complaintOf(size)).toMatch(/a disk never shrinks/));
    expect(world.disks.get('root').sizeBytes).toBe(4 * 1024 ** 3);
    await person.clear(size);
    await write(person, size, '8');
    await person.click(form.getByRole('button', { name: 'Grow' }));
    expect(await (await disks()).findByText('8 GiB')).toBeTruthy();
    expect(world.disks.get('root').sizeBytes).toBe(8 * 1024 ** 3);
  });

  it('are detached by a press, and then belong to nobody', async () => {
    const { person, world } = showMachine({}, aDisk);
    await person.click(await screen.findByRole('button', { name: 'Detach root' }));
    expect(await screen.findByText(/It has no disks/)).toBeTruthy();
    expect(world.disks.get('root').vmId).toBeNull();
  });

  it('that could not be detached are there still, and it is said why', async () => {
    const { person, console } = showMachine({}, aDisk);
    console.faults.refuse('detachDisk', { detail: 'The machine has just been started.' });
    await person.click(await screen.findByRole('button', { name: 'Detach root' }));
    await said('The disk could not be detached');
    await said('The machine has just been started.');
    expect((await disks()).getByText('root')).toBeTruthy();
  });
});
