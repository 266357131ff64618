import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { someProblem, someTask } from '../api/testing/fixtures';
import { reasonOf, said, show } from '../testing/show';
import { TasksPage } from './tasks-page';

const rows = async () => (await screen.findAllByRole('row')).slice(1).map((row) => within(row));

describe('the list of tasks', () => {
  it('says what shows up here while there is nothing', async () => {
    show(<TasksPage />);
    expect(await screen.findByRole('heading', { name: 'No tasks' })).toBeTruthy();
  });

  it('is newest first, and follows what goes on', async () => {
    const { world } = show(<TasksPage />, {
      given: (world) => {
        world.tasks.put(someTask({ id: 'a', kind: 'image.import' }));
        world.tasks.put(someTask({ id: 'b', kind: 'disk.copy', fraction: 0.5 }));
      },
    });
    const [first, second] = await rows();
    expect(first?.getByText('Copy of a disk')).toBeTruthy();
    expect(second?.getByText('Import of an image')).toBeTruthy();
    world.tasks.change('b', { state: 'succeeded', endedAt: world.now() });
    await waitFor(async () => expect((await rows())[0]?.getByText('Done')).toBeTruthy());
  });

  it('shows those that are under way, or that went wrong', async () => {
    const { person } = show(<TasksPage />, {
      given: (world) => {
        world.tasks.put(someTask({ id: 'a', kind: 'image.import', state: 'running' }));
        world.tasks.put(someTask({ id: 'b', kind: 'disk.copy', state: 'failed' }));
        world.tasks.put(someTask({ id: 'c', kind: 'disk.check', state: 'succeeded' }));
      },
    });
    expect(await rows()).toHaveLength(3);
    const filter = screen.getByRole('combobox', { name: 'Which tasks' });
    await person.selectOptions(filter, 'Under way');
    await waitFor(async () => expect(await rows()).toHaveLength(1));
    expect(screen.getByText('Import of an image')).toBeTruthy();
    await person.selectOptions(filter, 'Gone wrong');
    expect(await screen.findByText('Copy of a disk')).toBeTruthy();
  });

  it('goes on by pages', async () => {
    const { person } = show(<TasksPage />, {
      given: (world) => {
        for (let number = 1; number <= 60; number += 1) {
          world.tasks.put(someTask({ id: `task-${number}`, state: 'succeeded' }));
        }
      },
    });
    expect(await rows()).toHaveLength(50);
    await person.click(screen.getByRole('button', { name: 'Show more' }));
    await waitFor(async () => expect(await rows()).toHaveLength(60));
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
  });

  it('says why it could not be fetched, and tries again', async () => {
    const { person, console } = show(<TasksPage />, {
      given: (_world, { faults }) => faults.break('listTasks', { detail: 'It is locked.' }),
    });
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByText('The tasks could not be listed')).toBeTruthy();
    expect(alert.getByText('It is locked.')).toBeTruthy();
    console.faults.mend('listTasks');
    await person.click(alert.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('heading', { name: 'No tasks' })).toBeTruthy();
  });
});

describe('a task', () => {
  it('is cancelled by a press, and says by whom', async () => {
    const { person, world } = show(<TasksPage />, {
      given: (world) => {
        world.tasks.put(someTask());
      },
    });
    await person.click(await screen.findByRole('button', { name: 'Cancel' }));
    await said('It was asked to end.');
    expect(await screen.findByText('Cancelled')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull();
    expect(world.tasks.get('task-1').problem?.detail).toBe('This was cancelled by "admin".');
  });

  it('that has ended meanwhile is not cancelled, and it is said why', async () => {
    const { person, console } = show(<TasksPage />, {
      given: (world) => {
        world.tasks.put(someTask());
      },
    });
    const cancel = await screen.findByRole('button', { name: 'Cancel' });
    console.faults.refuse('cancelTask', { detail: 'The task has ended already.' });
    await person.click(cancel);
    await said('The task could not be cancelled');
    await said('The task has ended already.');
  });

  it('is not cancelled by a viewer, who is told why', async () => {
    show(<TasksPage />, {
      as: 'viewer',
      given: (world) => {
        world.tasks.put(someTask());
      },
    });
    const cancel = await screen.findByRole('button', { name: 'Cancel' });
    await waitFor(() => expect(reasonOf(cancel)).toMatch(/^You may look/));
  });

  it('shows what it has said, and why it failed', async () => {
    const problem = someProblem({ detail: 'The sum is another.', hint: 'Check the address.' });
    const { person } = show(<TasksPage />, {
      given: (world) => {
        world.tasks.put(someTask({ state: 'failed', problem }));
        world.taskLogs.set('task-1', ['Fetching …', 'Checking …']);
      },
    });
    await person.click(await screen.findByRole('button', { name: 'Log of debian.qcow2' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(await dialog.findByText('Checking …')).toBeTruthy();
    expect(dialog.getByText('The sum is another.')).toBeTruthy();
    expect(dialog.getByText('Check the address.')).toBeTruthy();
  });
});
