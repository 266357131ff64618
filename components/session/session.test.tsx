import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { PASSWORD } from '../api/testing/mock/world';
import { show, write } from '../testing/show';
import { VmList } from '../vms/list/vm-list';
import { FirstRun } from './first-run';
import { SessionGate } from './session-gate';
import { SignInForm } from './sign-in-form';

describe('the gate of the pages', () => {
  const gated = (
    <SessionGate>
      <p>Inside</p>
      <VmList />
    </SessionGate>
  );

  it('lets in who has signed in', async () => {
    show(gated);
    expect(await screen.findByText('Inside')).toBeTruthy();
  });

  it('leads others to the sign-in, and back to where they wanted to go', async () => {
    const { router } = show(gated, {
      at: '/machines?q=web',
      given: (world) => world.endOwnSession(),
    });
    await waitFor(() =>
      expect(router.replace).toHaveBeenCalledWith('/sign-in?next=%2Fmachines%3Fq%3Dweb'),
    );
    expect(screen.queryByText('Inside')).toBeNull();
  });

  it('closes when the session ends under the page', async () => {
    const { world, person, router } = show(gated, { at: '/machines' });
    const button = await screen.findByRole('button', { name: 'Create and start' });
    world.endOwnSession();
    await person.click(button);
    await waitFor(() => expect(router.replace).toHaveBeenCalledWith('/sign-in?next=%2Fmachines'));
    expect(screen.queryByText('Inside')).toBeNull();
  });

  it('says when nobody could be asked who one is, and asks again', async () => {
    const { person, console } = show(gated, {
      given: (_world, { faults }) => faults.break('getSession', { detail: 'It is locked.' }),
    });
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByText('It could not be found out who you are')).toBeTruthy();
    console.faults.mend('getSession');
    await person.click(alert.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Inside')).toBeTruthy();
  });
});

describe('the sign-in', () => {
  const signedOut = {
    at: '/sign-in?next=/machines/a',
    given: (world: { endOwnSession(): void }) => world.endOwnSession(),
  };

  it('leads to where one wanted to go', async () => {
    const { person, router } = show(<SignInForm />, signedOut);
    await write(person, await screen.findByRole('textbox', { name: 'Name' }), 'operator');
    await person.type(screen.getByLabelText('Password'), `${PASSWORD}{Enter}`);
    await waitFor(() => expect(router.replace).toHaveBeenCalledWith('/machines/a'));
  });

  it('says that name and password do not match, and not which', async () => {
    const { person, router } = show(<SignInForm />, signedOut);
    await write(person, await screen.findByRole('textbox', { name: 'Name' }), 'operator');
    await person.type(screen.getByLabelText('Password'), 'wrong{Enter}');
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByText('Name and password do not match.')).toBeTruthy();
    // Ready to be typed again.
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('Password')));
    expect(router.replace).not.toHaveBeenCalled();
  });

  it('complains of what is missing when the button is pressed, and sends nothing', async () => {
    const { person, console } = show(<SignInForm />, signedOut);
    await person.click(await screen.findByRole('button', { name: 'Sign in' }));
    expect(await screen.findByText('At least 2 characters.')).toBeTruthy();
    expect(console.asked('signIn')).toEqual([]);
  });

  it('points to the one-time link while nobody can sign in yet', async () => {
    show(<SignInForm />, {
      at: '/sign-in',
      given: (world) => {
        world.endOwnSession();
        world.firstRunToken = 'once';
      },
    });
    expect(await screen.findByText('No user has been set up yet')).toBeTruthy();
  });
});

describe('the first run', () => {
  const fresh = (at: string) => ({
    at,
    given: (world: { endOwnSession(): void; firstRunToken: string | undefined }) => {
      world.endOwnSession();
      world.firstRunToken = 'once';
    },
  });
  const fill = async (person: ReturnType<typeof show>['person'], password: string) => {
    await write(person, await screen.findByRole('textbox', { name: 'Name' }), 'ada');
    await write(person, screen.getByLabelText('New password'), password);
    await person.click(screen.getByRole('button', { name: 'Set up and sign in' }));
  };

  it('makes the first administrator and signs them in', async () => {
    const { person, world, router } = show(<FirstRun />, fresh('/first-run#once'));
    await fill(person, 'a long password');
    await waitFor(() => expect(router.replace).toHaveBeenCalledWith('/dashboard'));
    expect(world.user).toMatchObject({ name: 'ada', role: 'admin' });
  });

  it('says that a password is too short, before it is sent', async () => {
    const { person, console } = show(<FirstRun />, fresh('/first-run#once'));
    await fill(person, 'short');
    expect(await screen.findByText('At least 10 characters.')).toBeTruthy();
    expect(console.asked('firstRun')).toEqual([]);
  });

  it('says that the link is an old one', async () => {
    const { person } = show(<FirstRun />, fresh('/first-run#old'));
    await fill(person, 'a long password');
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByText(/is not the one the console printed last/)).toBeTruthy();
  });

  it('says that the link is not complete', async () => {
    show(<FirstRun />, fresh('/first-run'));
    expect(await screen.findByText('The one-time link is not complete')).toBeTruthy();
  });

  it('says that it is over, when somebody was faster', async () => {
    const { person, world } = show(<FirstRun />, fresh('/first-run#once'));
    await screen.findByRole('textbox', { name: 'Name' });
    world.firstRunToken = undefined;
    await fill(person, 'a long password');
    expect(await screen.findByText('The first administrator is set up already')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Go to sign in' })).toBeTruthy();
  });
});
