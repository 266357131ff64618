import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { show } from '../testing/show';
import { HostPage } from './host-page';

describe('the page of the host', () => {
  it('tells what the host has', async () => {
    show(<HostPage />);
    expect(await screen.findByText('hypervisor')).toBeTruthy();
    expect(screen.getByText('KVM is available')).toBeTruthy();
    expect(screen.getByText('12 GiB of 16 GiB free')).toBeTruthy();
    expect(screen.getByText('100 GiB of 500 GiB free')).toBeTruthy();
  });

  it('tells how busy each of its cores is', async () => {
    show(<HostPage />);
    const cores = within(await screen.findByRole('region', { name: 'Cores' }));
    expect(cores.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
      ...['Core 0', 'Core 1', 'Core 2', 'Core 3'].map((core) => `${core}10%`),
    ]);
  });

  it('says that KVM is missing, why and what to do', async () => {
    show(<HostPage />, {
      given: (world) => {
        const kvm = { available: false, detail: 'No /dev/kvm.', hint: 'Load kvm.' } as const;
        world.host = { ...world.host, kvm };
      },
    });
    expect(await screen.findByText('KVM is not available')).toBeTruthy();
    expect(screen.getByText('No /dev/kvm.')).toBeTruthy();
    expect(screen.getByText('Load kvm.')).toBeTruthy();
  });

  it('tells what the doctor finds, the worst first, and looks again', async () => {
    const { person, world } = show(<HostPage />, {
      given: (world) => {
        world.findings = [
          { id: 'kvm', level: 'ok', detail: 'It works.', hint: null },
          { id: 'qemu-img', level: 'problem', detail: 'It is missing.', hint: 'Install it.' },
        ];
      },
    });
    const doctor = within(await screen.findByRole('region', { name: 'Doctor' }));
    await doctor.findByText('It is missing.');
    const [first, second] = doctor.getAllByRole('listitem').map(({ textContent }) => textContent);
    expect(first).toMatch(/qemu-img.*It is missing\..*Install it\./);
    expect(second).toMatch(/KVM.*It works\./);
    world.findings = [{ id: 'qemu-img', level: 'ok', detail: 'It is there.', hint: null }];
    await person.click(doctor.getByRole('button', { name: 'Look again' }));
    expect(await doctor.findByText('It is there.')).toBeTruthy();
  });

  it('says why the host could not be asked, and tries again', async () => {
    const { person, console } = show(<HostPage />, {
      given: (_world, { faults }) => faults.break('getHost', { detail: 'It is locked.' }),
    });
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByText('The host could not be asked')).toBeTruthy();
    console.faults.mend('getHost');
    await person.click(alert.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('hypervisor')).toBeTruthy();
  });
});
