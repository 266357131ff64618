import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { someTask, someVm } from '../api/testing/fixtures';
import { show } from '../testing/show';
import { DashboardPage } from './dashboard-page';

describe('the dashboard', () => {
  it('counts machines by state, and each count leads to them', async () => {
    show(<DashboardPage />, {
      given: (world) => {
        world.vms.put(someVm({ id: 'a', name: 'a', state: 'running' }));
        world.vms.put(someVm({ id: 'b', name: 'b', state: 'running' }));
        world.vms.put(someVm({ id: 'c', name: 'c', state: 'crashed' }));
      },
    });
    const running = await screen.findByRole('link', { name: 'Running 2' });
    expect(running.getAttribute('href')).toBe('/machines?state=running');
    expect(await screen.findByText('c has crashed.')).toBeTruthy();
  });

  it('names the busiest machines first, as the stream of figures tells', async () => {
    show(<DashboardPage />, {
      given: (world) => {
        for (const id of ['lazy', 'busy']) {
          world.vms.put(someVm({ id, name: id, state: 'running' }));
          const cpu = id === 'busy' ? 0.9 : 0.1;
          world.figures.set(id, [{ cpu, memoryBytes: 1024 }]);
        }
      },
    });
    await waitFor(() => {
      const card = screen.getByText('Busiest machines').closest('section') as HTMLElement;
      const names = within(card)
        .getAllByRole('link')
        .map(({ textContent }) => textContent);
      expect(names).toEqual(['busy', 'lazy']);
    });
  });

  it('warns of a disk that is nearly full', async () => {
    show(<DashboardPage />, {
      given: (world) => {
        world.host = { ...world.host, dataFreeBytes: 1024 ** 3 };
      },
    });
    expect(await screen.findByText(/nearly full: 1 GiB are free/)).toBeTruthy();
  });

  it('tells what is under way, and what ended last', async () => {
    const { world } = show(<DashboardPage />, {
      given: (world) => {
        world.tasks.put(someTask());
      },
    });
    expect(await screen.findByText('Import of an image')).toBeTruthy();
    expect(await screen.findByText('Nothing yet.')).toBeTruthy();
    world.tasks.change('task-1', { state: 'succeeded', endedAt: world.now() });
    expect(await screen.findByText('Nothing is under way.')).toBeTruthy();
  });
});
