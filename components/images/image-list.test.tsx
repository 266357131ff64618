import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { someDisk, someImage, someProblem, someVm } from '../api/testing/fixtures';
import { reasonOf, said, show, write } from '../testing/show';
import { ImageList } from './image-list';

const dialog = async (name: string) => within(await screen.findByRole('dialog', { name }));
const press = (name: string) => screen.findByRole('button', { name });
const FILE = new File(['0123456789'], 'debian.raw');

describe('the default image', () => {
  it('is built by a press, and tells how far it is', async () => {
    const { person, world } = show(<ImageList />, {
      given: (world) => {
        world.image = { ...world.image, status: { state: 'absent' } };
        world.holdWork();
      },
    });
    await person.click(await press('Build image'));
    await said('The default image is being built. You may leave this page.');
    world.image = {
      ...world.image,
      status: { state: 'building', step: 'Compiling', detail: 'CC init/main.o', fraction: 0.4 },
    };
    expect(await screen.findByText('Compiling')).toBeTruthy();
    expect(
      screen
        .getByRole('progressbar', { name: 'Progress of the build' })
        .getAttribute('aria-valuenow'),
    ).toBe('40');
    world.letGo();
    expect(await screen.findByText('Linux 6.1.0')).toBeTruthy();
  });

  it('says why its build failed, and can be built again', async () => {
    show(<ImageList />, {
      given: (world) => {
        const problem = someProblem({ detail: 'bc is missing.', hint: 'Install bc.' });
        world.image = { ...world.image, status: { state: 'failed', problem } };
      },
    });
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByText('bc is missing.')).toBeTruthy();
    expect(alert.getByText('Install bc.')).toBeTruthy();
    expect(await press('Try again')).toBeTruthy();
  });

  it('counts the machines that use it', async () => {
    show(<ImageList />, {
      given: (world) => {
        world.vms.put(someVm());
      },
    });
    expect(await screen.findByText('1 machine')).toBeTruthy();
  });
});

describe('an upload', () => {
  it('sends the file in chunks, shows how far it is, and becomes an image', async () => {
    const { person, console, world } = show(<ImageList />);
    await person.click(await press('Upload'));
    const form = await dialog('Upload');
    expect(reasonOf(form.getByRole('button', { name: 'Upload' }))).toBe('Choose a file first.');
    await person.upload(form.getByLabelText('File'), FILE);
    expect(form.getByRole<HTMLInputElement>('textbox', { name: 'Name' }).value).toBe('debian.raw');

    const letGo = console.faults.hold('completeUpload');
    await person.click(form.getByRole('button', { name: 'Upload' }));
    const bar = await form.findByRole('progressbar', { name: 'Progress of the upload' });
    await waitFor(() => expect(bar.getAttribute('aria-valuenow')).toBe('100'));
    letGo();
    await said('debian.raw is on its way; a task tells how it goes on.');
    expect(console.asked('sendChunk').map(({ query }) => query['offset'])).toEqual(['0', '4', '8']);
    const images = within(await screen.findByRole('group', { name: 'Your images' }));
    expect(await images.findByText('Ready')).toBeTruthy();
    expect(world.images.all).toMatchObject([{ name: 'debian.raw', sizeBytes: 10 }]);
  });

  it('that breaks off says so, and goes on where it was', async () => {
    const { person, console } = show(<ImageList />);
    await person.click(await press('Upload'));
    const form = await dialog('Upload');
    await person.upload(form.getByLabelText('File'), FILE);
    const letGo = console.faults.hold('sendChunk');
    await person.click(form.getByRole('button', { name: 'Upload' }));
    await form.findByRole('progressbar');
    console.faults.refuse('sendChunk', { detail: 'The disk is full.', hint: 'Delete something.' });
    letGo();
    const alert = within(await form.findByRole('alert'));
    expect(alert.getByText('The image could not be added')).toBeTruthy();
    expect(alert.getByText('The disk is full.')).toBeTruthy();

    await person.click(form.getByRole('button', { name: 'Upload' }));
    await said('debian.raw is on its way; a task tells how it goes on.');
    expect(console.asked('createUpload')).toHaveLength(1);
  });

  it('goes on from what the console has of it, after the page was left', async () => {
    const { person, console } = show(<ImageList />, {
      given: (world) => {
        const at = world.now();
        world.uploads.put({
          ...{ id: 'before', name: 'debian.raw', kind: 'disk', sizeBytes: 10, sha256: null },
          ...{ receivedBytes: 8, chunkBytes: 4, createdAt: at, expiresAt: at },
        });
      },
    });
    await person.click(await press('Upload'));
    const form = await dialog('Upload');
    await person.upload(form.getByLabelText('File'), FILE);
    await person.click(form.getByRole('button', { name: 'Upload' }));
    await said('debian.raw is on its way; a task tells how it goes on.');
    expect(console.asked('sendChunk').map(({ query }) => query['offset'])).toEqual(['8']);
  });

  it('of a name that is taken says so at the name', async () => {
    const { person } = show(<ImageList />, {
      given: (world) => {
        world.images.put(someImage({ name: 'debian.raw' }));
      },
    });
    await person.click(await press('Upload'));
    const form = await dialog('Upload');
    await person.upload(form.getByLabelText('File'), FILE);
    await person.click(form.getByRole('button', { name: 'Upload' }));
    expect(await form.findByText('Another image has this name.')).toBeTruthy();
  });
});

describe('an import', () => {
  it('says at each field what is wrong with it', async () => {
    const { person } = show(<ImageList />);
    await person.click(await press('Import'));
    const form = await dialog('Import');
    await write(person, form.getByRole('textbox', { name: 'Address' }), 'ftp://x');
    await person.click(form.getByRole('button', { name: 'Import' }));
    expect(await form.findByText('An address that begins with http:// or https://.')).toBeTruthy();
    expect(form.getByText('64 hexadecimal digits.')).toBeTruthy();
    expect(form.getByText('Give it a name.')).toBeTruthy();
  });

  it('is a task, and the image is there when that is done', async () => {
    const { person, world } = show(<ImageList />);
    await person.click(await press('Import'));
    const form = await dialog('Import');
    await write(person, form.getByRole('textbox', { name: 'Address' }), 'https://x.test/a.raw');
    await write(person, form.getByRole('textbox', { name: 'SHA-256' }), 'a'.repeat(64));
    await write(person, form.getByRole('textbox', { name: 'Name' }), 'a');
    await person.click(form.getByRole('button', { name: 'Import' }));
    await said('a is on its way; a task tells how it goes on.');
    await waitFor(() => expect(world.images.all).toMatchObject([{ name: 'a', state: 'ready' }]));
  });
});

describe('images that people brought', () => {
  it('are deleted after a question', async () => {
    const { person, world } = show(<ImageList />, {
      given: (world) => {
        world.images.put(someImage());
      },
    });
    await person.click(await press('Delete debian.qcow2'));
    const question = await dialog('Delete debian.qcow2?');
    await person.click(question.getByRole('button', { name: 'Delete' }));
    expect(await screen.findByText(/^There are none yet\./)).toBeTruthy();
    expect(world.images.all).toEqual([]);
  });

  it('that a machine boots from are not deleted, and it is said which', async () => {
    const { person } = show(<ImageList />, {
      given: (world) => {
        world.images.put(someImage({ id: 'k', name: 'vmlinux', kind: 'kernel' }));
        const vm = someVm({ name: 'web' });
        const boot = { from: 'kernel', kernelId: 'k', initrdId: null, cmdline: '' } as const;
        world.vms.put({ ...vm, config: { ...vm.config, boot } });
      },
    });
    await person.click(await press('Delete vmlinux'));
    await person.click((await dialog('Delete vmlinux?')).getByRole('button', { name: 'Delete' }));
    await said('The image could not be deleted');
    await said('"vmlinux" is used by the machine "web".');
    expect(screen.getByText('vmlinux')).toBeTruthy();
  });

  it('are only looked at by viewers, who are told why', async () => {
    show(<ImageList />, {
      as: 'viewer',
      given: (world) => {
        world.images.put(someImage());
      },
    });
    for (const name of ['Upload', 'Import', 'Delete debian.qcow2']) {
      await waitFor(async () => expect(reasonOf(await press(name))).toMatch(/^You may look/));
    }
  });

  it('that cannot be listed are told of with the cause, and asked for again', async () => {
    const { person, console } = show(<ImageList />, {
      given: (_world, { faults }) => faults.break('listImages', { detail: 'It is locked.' }),
    });
    await waitFor(() => expect(screen.getAllByRole('alert')).toHaveLength(2));
    const alerts = screen.getAllByRole('alert');
    console.faults.mend('listImages');
    for (const alert of alerts) {
      expect(within(alert).getByText('It is locked.')).toBeTruthy();
      await person.click(within(alert).getByRole('button', { name: 'Try again' }));
    }
    await waitFor(() => expect(screen.queryAllByRole('alert')).toEqual([]));
  });
});

describe('disks of no machine', () => {
  it('can be deleted here, after a question', async () => {
    const { person, world } = show(<ImageList />, {
      given: (world) => {
        world.disks.put(someDisk({ name: 'left over' }));
      },
    });
    await person.click(await press('Delete left over'));
    await person.click((await dialog('Delete left over?')).getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(world.disks.all).toEqual([]));
    await waitFor(() => expect(screen.queryByText('Disks of no machine')).toBeNull());
  });
});
