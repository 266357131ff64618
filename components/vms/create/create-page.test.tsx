import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { someDisk, someImage, someVm } from '../../api/testing/fixtures';
import { complaintOf, reasonOf, said, show, write } from '../../testing/show';
import { CreatePage } from './create-page';

const field = (name: string) => screen.findByRole<HTMLInputElement>('textbox', { name });
const button = (name: string) => screen.getByRole('button', { name });

describe('the page that creates a machine', () => {
  it('works untouched, and leads to the console of what it made', async () => {
    const { person, world, router } = show(<CreatePage />);
    await field('Name');
    await person.click(button('Create and start'));
    await waitFor(() => expect(router.replace).toHaveBeenCalled());
    const [vm] = world.vms.all;
    expect(vm).toMatchObject({ name: 'linux-1', config: { cpu: { count: 1 } } });
    expect(router.replace).toHaveBeenCalledWith(`/machines/${vm?.id}?tab=console`);
    await waitFor(() => expect(world.vms.all[0]?.state).toBe('running'));
  });

  it('proposes the first name that is free', async () => {
    show(<CreatePage />, {
      given: (world) => {
        world.vms.put(someVm({ name: 'linux-1' }));
      },
    });
    expect((await field('Name')).value).toBe('linux-2');
  });

  it('makes a machine that stays off, when that is wanted', async () => {
    const { person, world, router } = show(<CreatePage />);
    const name = await field('Name');
    await person.clear(name);
    await write(person, name, 'web');
    await write(person, await field('Tags'), 'shop, Blue');
    await person.click(button('Create'));
    await said('web was created.');
    const [vm] = world.vms.all;
    expect(vm).toMatchObject({ name: 'web', tags: ['blue', 'shop'], state: 'stopped' });
    expect(router.replace).toHaveBeenCalledWith(`/machines/${vm?.id}`);
  });

  it.each([
    ['Name', '', 'Give the machine a name.'],
    ['Name', 'x'.repeat(64), 'At most 63 characters.'],
    ['vCPUs', '0', 'At least 1.'],
    ['vCPUs', '65', 'At most 64.'],
    ['Memory', '16', 'At least 32 MiB.'],
    ['Memory', '100.5', 'Whole MiB.'],
    ['Tags', 'a/b', 'Up to 32 letters, digits, dots and dashes.'],
  ])('takes no %s “%s”, and says so at the field', async (name, typed, complaint) => {
    const { person, console } = show(<CreatePage />);
    const control = await field(name);
    await person.clear(control);
    if (typed !== '') {
      await person.click(control);
      await person.paste(typed);
    }
    await person.click(button('Create and start'));
    await waitFor(() => expect(complaintOf(control)).toBe(complaint));
    expect(document.activeElement).toBe(control);
    expect(console.asked('createVm')).toEqual([]);
  });

  it('says at the field what only the console knows: a name that is taken', async () => {
    const { person, world } = show(<CreatePage />, {
      given: (world) => {
        world.vms.put(someVm({ name: 'web' }));
      },
    });
    const name = await field('Name');
    await person.clear(name);
    await write(person, name, 'web');
    await person.click(button('Create'));
    await waitFor(() => expect(complaintOf(name)).toBe('Another machine has this name.'));
    expect(screen.queryByRole('alert')).toBeNull();
    await write(person, name, '-2');
    await person.click(button('Create'));
    await said('web-2 was created.');
    expect(world.vms.all).toHaveLength(2);
  });

  it('says at the field that the host has not so much memory', async () => {
    const { person } = show(<CreatePage />);
    const memory = await field('Memory');
    await person.clear(memory);
    await write(person, memory, '64');
    await person.selectOptions(screen.getByRole('combobox', { name: 'Unit of memory' }), 'GiB');
    expect(await screen.findByText('More than the 16 GiB of this host.')).toBeTruthy();
    await person.click(button('Create'));
    await waitFor(() =>
      expect(complaintOf(memory)).toBe('This host has 16384 MiB; a machine cannot have more.'),
    );
  });

  it('says why the console refused it, where no field is to blame, and keeps what was typed', async () => {
    const { person, console, world } = show(<CreatePage />);
    console.faults.refuse('createVm', { detail: 'The disk is full.', hint: 'Delete something.' });
    const name = await field('Name');
    await write(person, name, '-x');
    await person.click(button('Create'));
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByText('The machine could not be created')).toBeTruthy();
    expect(alert.getByText('The disk is full.')).toBeTruthy();
    expect(alert.getByText('Delete something.')).toBeTruthy();
    expect(name.value).toBe('linux-1-x');
    await person.click(button('Create'));
    await waitFor(() => expect(world.vms.all).toHaveLength(1));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('sums up what stands in the fields', async () => {
    const { person } = show(<CreatePage />);
    await field('Name');
    await person.click(button('One vCPU more'));
    await person.click(button('512 MiB'));
    const facts = screen.getAllByRole('definition').map(({ textContent }) => textContent);
    expect(facts).toEqual(['linux-1', 'Default Linux', '2', '512 MiB']);
    await person.clear(await field('vCPUs'));
    expect(screen.getAllByRole('definition')[2]?.textContent).toBe('–');
  });

  it('is shown as an API call, which follows the fields', async () => {
    const { person } = show(<CreatePage />);
    const name = await field('Name');
    await person.click(screen.getByText('As an API call'));
    const call = screen.getByText(/^curl -c/);
    expect(call.textContent).toContain("'http://console.test/api/v1/vms'");
    expect(call.textContent).toContain('"name":"admin"');
    await person.clear(name);
    await write(person, name, "it's");
    await person.click(button('256 MiB'));
    expect(call.textContent).toContain(`"name": "it'\\''s"`);
    expect(call.textContent).toContain(`"bytes": ${256 * 1024 * 1024}`);
    expect(call.textContent).toContain('"start": true');
  });

  it('boots a kernel of one’s own, once there is one', async () => {
    const { person, world } = show(<CreatePage />, {
      given: (world) => {
        world.images.put(someImage({ id: 'k', name: 'vmlinux', kind: 'kernel' }));
        world.images.put(someImage({ id: 'i', name: 'initrd.gz', kind: 'initrd' }));
      },
    });
    await field('Name');
    await person.click(await screen.findByRole('radio', { name: /A kernel of your own/ }));
    await person.click(button('Create'));
    const kernel = await screen.findByRole('combobox', { name: 'Kernel' });
    await waitFor(() => expect(complaintOf(kernel)).toBe('Choose an image.'));
    await person.selectOptions(kernel, 'vmlinux');
    await person.selectOptions(
      screen.getByRole('combobox', { name: /Initial RAM disk/ }),
      'initrd.gz',
    );
    await write(person, screen.getByRole('textbox', { name: /command line/ }), 'quiet');
    await person.click(button('Create'));
    await said('linux-1 was created.');
    expect(world.vms.all[0]?.config.boot).toEqual({
      ...{ from: 'kernel', kernelId: 'k', initrdId: 'i', cmdline: 'quiet' },
    });
  });

  it('says that there is no kernel to choose', async () => {
    show(<CreatePage />);
    await field('Name');
    expect(screen.getByRole<HTMLInputElement>('radio', { name: /of your own/ }).disabled).toBe(
      true,
    );
    expect(screen.getByText('There is none yet: upload one under Images.')).toBeTruthy();
  });

  it('tells a viewer why it makes nothing', async () => {
    const { person, console } = show(<CreatePage />, { as: 'viewer' });
    await field('Name');
    for (const name of ['Create and start', 'Create']) {
      await waitFor(() => expect(reasonOf(button(name))).toMatch(/^You may look/));
      await person.click(button(name));
    }
    await person.type(await field('Name'), '{Enter}');
    expect(console.asked('createVm')).toEqual([]);
  });
});

describe('the disks of a new machine', () => {
  it('are made and attached before it starts', async () => {
    const { person, console, world, router } = show(<CreatePage />, {
      given: (world) => {
        world.images.put(someImage());
        world.disks.put(someDisk({ name: 'linux-1-disk-1' }));
      },
    });
    await field('Name');
    await person.click(button('Add disk'));
    await person.click(button('Add disk'));
    const [, second] = screen.getAllByRole('combobox', { name: 'What kind of disk' });
    if (second === undefined) throw new Error('there are two disks');
    await person.selectOptions(second, 'A copy of an image');
    await person.selectOptions(screen.getByRole('combobox', { name: 'Image' }), 'debian.qcow2');
    await person.click(button('Create and start'));
    await waitFor(() => expect(router.replace).toHaveBeenCalled());
    const [vm] = world.vms.all;
    const own = world.disks.all.filter(({ vmId }) => vmId === vm?.id);
    expect(own.map(({ name, imageId, position }) => [name, imageId, position])).toEqual([
      // Disks outlive machines: the first name is taken by one of an earlier linux-1.
      ['linux-1-disk-2', null, 0],
      ['linux-1-disk-3', 'image-1', 1],
    ]);
    const order = console.received.map(({ name }) => name);
    expect(order.indexOf('startVm')).toBeGreaterThan(order.lastIndexOf('attachDisk'));
  });

  it('that fail leave the machine, off, with the way to its disks', async () => {
    const { person, console, world, router } = show(<CreatePage />);
    console.faults.refuse('createDisk', { detail: 'There is no room.', hint: 'Delete a disk.' });
    await field('Name');
    await person.click(button('Add disk'));
    await person.click(button('Create and start'));
    await said('linux-1 was created, but not all of its disks');
    await said('There is no room.');
    const [vm] = world.vms.all;
    expect(vm?.state).toBe('stopped');
    expect(router.replace).toHaveBeenCalledWith(`/machines/${vm?.id}?tab=hardware`);
  });

  it('are checked as everything else, and can be taken away again', async () => {
    const { person, console } = show(<CreatePage />);
    await field('Name');
    await person.click(button('Add disk'));
    const size = await field('Size in GiB');
    await person.clear(size);
    await write(person, size, '0');
    await person.click(button('Create'));
    await waitFor(() => expect(complaintOf(size)).toBe('At least 1 MiB.'));
    expect(console.asked('createVm')).toEqual([]);
    await person.click(button('Remove vda'));
    await person.click(button('Create'));
    await said('linux-1 was created.');
  });
});
