import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { someVm } from '../api/testing/fixtures';
import type { World } from '../api/testing/mock/world';
import { said, show, write } from '../testing/show';
import { VmList } from '../vms/list/vm-list';
import { ConsoleShell } from './console-shell';

function showShell(options: Parameters<typeof show>[1] = {}) {
  const shell = (
    <ConsoleShell>
      <VmList />
    </ConsoleShell>
  );
  return show(shell, { ownEvents: true, ...options });
}

function twoMachines(world: World): void {
  world.vms.put(someVm({ id: 'a', name: 'web', state: 'running' }));
  world.vms.put(someVm({ id: 'b', name: 'db', state: 'stopped' }));
}

const nav = async () => within((await screen.findAllByRole('navigation'))[0] as HTMLElement);
const palette = () => screen.findByRole('combobox', { name: /Search pages/ });
const options = () => screen.queryAllByRole('option').map(({ textContent }) => textContent);

describe('the frame of the pages', () => {
  it('marks where one is, and counts what runs', async () => {
    showShell({ at: '/machines', given: twoMachines });
    const here = await (await nav()).findByRole('link', { name: /Machines.*1 running/ });
    expect(here.getAttribute('aria-current')).toBe('page');
  });

  it('shows the audit log to administrators alone', async () => {
    showShell({ as: 'operator', given: twoMachines });
    await screen.findByRole('link', { name: 'web' });
    expect((await nav()).queryByRole('link', { name: 'Audit log' })).toBeNull();
    expect((await nav()).getByRole('link', { name: 'Settings' })).toBeTruthy();
  });

  it('says on every page that machines cannot run, and why', async () => {
    showShell({
      given: (world) => {
        const kvm = {
          available: false,
          detail: 'There is no /dev/kvm.',
          hint: 'Load kvm.',
        } as const;
        world.host = { ...world.host, kvm };
      },
    });
    expect(await screen.findByText('Machines cannot run on this host.')).toBeTruthy();
    expect(screen.getByText('Load kvm.')).toBeTruthy();
  });

  it('tells notices of the host', async () => {
    const { world } = showShell({ given: twoMachines });
    await screen.findByRole('link', { name: 'web' });
    world.publish({
      ...{ type: 'host.notice', code: 'unknown-monitor' },
      ...{ detail: 'A monitor runs for nobody.', hint: 'End it.' },
    });
    await said('A monitor runs for nobody.');
    await said('End it.');
  });

  it('signs out to a page of its own', async () => {
    const { person, console } = showShell({ given: twoMachines });
    const assign = vi.spyOn(window.location, 'assign').mockImplementation(() => {});
    await person.click(await screen.findByRole('button', { name: 'Account of admin' }));
    await person.click(await screen.findByRole('menuitem', { name: 'Sign out' }));
    await waitFor(() => expect(assign).toHaveBeenCalledWith('/sign-in'));
    expect(console.world.user).toBeNull();
    assign.mockRestore();
  });
});

describe('a console that does not answer', () => {
  const wait = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

  it('is told of after a moment, and that it answers again; meanwhile the page stays', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const { console, world } = showShell({ given: twoMachines });
    await screen.findByRole('link', { name: 'web' });
    await waitFor(() => expect(console.isFollowed).toBe(true));
    act(() => console.goDown());
    await wait(2_000);
    // A hop between networks is nobody's concern.
    expect(screen.queryByText('The console does not answer.')).toBeNull();
    await wait(1_000);
    expect(screen.getByText('The console does not answer.')).toBeTruthy();
    expect(screen.getByText(/^What you see may be old\./)).toBeTruthy();
    expect(screen.getByRole('link', { name: 'web' })).toBeTruthy();

    world.vms.change('b', { state: 'running', stateSince: world.now() });
    act(() => console.comeBack());
    await said('The console answers again.');
    expect(screen.queryByText('The console does not answer.')).toBeNull();
  });

  it('is tried again at once when a person wants it, and what was missed is fetched', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const { console, world, person } = showShell({ given: twoMachines });
    await screen.findByRole('link', { name: 'web' });
    await waitFor(() => expect(console.isFollowed).toBe(true));
    act(() => console.goDown());
    await wait(3_000);
    world.vms.change('b', { state: 'running', stateSince: world.now() });
    console.faults.isDown = false;
    await person.click(screen.getByRole('button', { name: 'Try now' }));
    await said('The console answers again.');
    await waitFor(() => expect(screen.getByText(/2 machines · 2 running/)).toBeTruthy());
  });
});

describe('the language', () => {
  it('is kept in a cookie, and the page is drawn anew', async () => {
    const { person, router } = showShell({ given: twoMachines });
    await person.click(await screen.findByRole('button', { name: 'Language' }));
    await person.click(await screen.findByRole('menuitemradio', { name: '简体中文' }));
    expect(document.cookie).toContain('virtdeck.language=zh');
    expect(router.refresh).toHaveBeenCalled();
  });

  it('is Chinese everywhere, down to the reasons of the console', async () => {
    const { person } = showShell({ language: 'zh', given: twoMachines });
    expect(await screen.findByRole('heading', { name: '虚拟机' })).toBeTruthy();
    expect((await nav()).getByRole('link', { name: '审计日志' })).toBeTruthy();
    await person.click(await screen.findByRole('button', { name: 'db 的更多操作' }));
    const item = await screen.findByRole('menuitem', { name: /^停止/ });
    expect(item.textContent).not.toMatch(/The machine is not running/);
    expect(item.textContent).toMatch(/停止.+/);
  });
});

describe('the palette', () => {
  it('opens by its keys, and finds pages, machines and what can be done with them', async () => {
    const { person, router } = showShell({ given: twoMachines });
    await screen.findByRole('link', { name: 'web' });
    await person.keyboard('{Control>}k{/Control}');
    await write(person, await palette(), 'sett');
    expect(options()[0]).toMatch(/^Settings/);
    await person.keyboard('{Enter}');
    expect(router.push).toHaveBeenCalledWith('/settings');
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('finds what is not possible now after what is, and says why not', async () => {
    const { person, console } = showShell({ given: twoMachines });
    await screen.findByRole('link', { name: 'web' });
    await person.click(screen.getByRole('button', { name: /^Search/ }));
    await write(person, await palette(), 'db');
    const stop = 'Stop dbThe machine is not running.';
    expect(options()).toEqual(expect.arrayContaining(['Start db', 'Console of db', stop]));
    expect(options().indexOf('Start db')).toBeLessThan(options().indexOf(stop));
    const option = screen.getByRole('option', { name: /^Stop db/ });
    expect(option.getAttribute('aria-disabled')).toBe('true');
    await person.click(option);
    expect(await palette()).toBeTruthy();
    expect(screen.queryByRole('dialog', { name: 'Stop db?' })).toBeNull();
    expect(console.asked('stopVm')).toEqual([]);
  });

  it('does what loses nothing at once', async () => {
    const { person, world } = showShell({ given: twoMachines });
    await screen.findByRole('link', { name: 'web' });
    await person.keyboard('{Control>}k{/Control}');
    await write(person, await palette(), 'start db');
    await person.keyboard('{Enter}');
    await waitFor(() => expect(world.vms.get('b').state).toBe('running'));
  });

  it('asks before what loses something', async () => {
    const { person, console } = showShell({ given: twoMachines });
    await screen.findByRole('link', { name: 'web' });
    await person.keyboard('{Control>}k{/Control}');
    await write(person, await palette(), 'stop web');
    await person.keyboard('{Enter}');
    const question = within(await screen.findByRole('dialog', { name: 'Stop web?' }));
    expect(console.asked('stopVm')).toEqual([]);
    await person.click(question.getByRole('button', { name: 'Stop machine' }));
    await waitFor(() => expect(console.asked('stopVm')).toHaveLength(1));
  });

  it('offers a viewer places, and says at what there is to do that it is not theirs', async () => {
    const { person, console } = showShell({ as: 'viewer', given: twoMachines });
    await screen.findByRole('link', { name: 'web' });
    await person.keyboard('{Control>}k{/Control}');
    await write(person, await palette(), 'web');
    const [machine, terminal, ...actions] = options();
    expect([machine, terminal]).toEqual(['webRunning', 'Console of web']);
    expect(actions).toHaveLength(7);
    for (const action of actions) expect(action).toMatch(/web.*You may look/);
    await person.clear(await palette());
    await write(person, await palette(), 'pause web');
    expect(options()[0]).toMatch(/^Pause web/);
    await person.keyboard('{Enter}');
    expect(await palette()).toBeTruthy();
    expect(console.asked('pauseVm')).toEqual([]);
  });

  it('goes round by the arrow keys, and says when there is nothing', async () => {
    const { person } = showShell({ given: twoMachines });
    await screen.findByRole('link', { name: 'web' });
    await person.keyboard('{Control>}k{/Control}');
    const field = await palette();
    await person.keyboard('{ArrowUp}');
    const last = screen.getAllByRole('option').at(-1);
    expect(last?.ariaSelected ?? last?.getAttribute('aria-selected')).toBe('true');
    expect(field.getAttribute('aria-activedescendant')).toBe(last?.id);
    await write(person, field, 'zzzz');
    expect(screen.getByText('Nothing answers to that.')).toBeTruthy();
  });
});
