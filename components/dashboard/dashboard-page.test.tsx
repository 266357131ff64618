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

  it('tells what is under way before what has ended', async () => {
    const { world } = show(<DashboardPage />, {
      given: (world) => {
        const resource = (name: string) => ({ kind: 'image', id: name, name }) as const;
        const endedAt = world.now();
        world.tasks.put(someTask({ id: 'a', resource: resource('long.iso') }));
        world.tasks.put(
          someTask({ id: 'b', resource: resource('quick.iso'), state: 'succeeded', endedAt }),
        );
      },
    });
    const heading = await screen.findByRole('heading', { name: 'Tasks' });
    const card = within(heading.closest('section') as HTMLElement);
    const entries = () => card.getAllByRole('listitem').map(({ textContent }) => textContent);
    expect(entries()).toEqual([
      expect.stringMatching(/^long\.iso.*Import of an image.*25%/),
      expect.stringMatching(/^quick\.iso.*Import of an image.*Done/),
    ]);
    world.tasks.change('a', { state: 'succeeded', endedAt: world.now() });
    // Of those that have ended, the newest is first.
    await waitFor(() =>
      expect(entries()).toEqual([
        expect.stringMatching(/^quick\.iso.*Done/),
        expect.stringMatching(/^long\.iso.*Done/),
      ]),
    );
  });

  it('says what shows up among tasks and events while there is nothing', async () => {
    show(<DashboardPage />, {
      given: (world) => {
        world.vms.put(someVm());
      },
    });
    expect(await screen.findByText(/^Uploads, copies of disks/)).toBeTruthy();
    expect(await screen.findByText('Nothing yet.')).toBeTruthy();
  });
});
