import type { VmState } from '../api/vms';
import { ProblemError } from '../problems/problem-error';
import { invalid } from '../problems/problems';

export function diskNameTaken(name: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'name-taken',
    title: 'The name is taken',
    detail: `Another disk is called "${name}".`,
    hint: 'Choose another name.',
    errors: [{ path: 'name', message: 'Another disk has this name.' }],
  });
}

export function diskBusy(name: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'disk-busy',
    title: 'Not possible now',
    detail: `The disk "${name}" is still being made.`,
    hint: 'Wait for its task, or cancel that.',
  });
}

export function diskNotReady(name: string, state: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'disk-not-ready',
    title: 'The disk cannot be used',
    detail: `The disk "${name}" is ${state}.`,
    hint:
      state === 'waiting'
        ? 'Wait until its task is done.'
        : 'Look at the disk for why. Detach it, and delete it if it cannot be repaired.',
  });
}

/** @param machine its name, or its id when it has none any more */
export function diskAttached(name: string, machine: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'disk-attached',
    title: 'The disk is in use',
    detail: `The disk "${name}" is attached to the machine "${machine}".`,
    hint: 'Stop that machine and detach the disk first.',
  });
}

export function diskNotAttached(name: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'disk-not-attached',
    title: 'Not possible now',
    detail: `The disk "${name}" is attached to no machine.`,
    hint: 'There is nothing to detach.',
  });
}

export function machineNotStopped(machine: string, state: VmState): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'machine-not-stopped',
    title: 'Not possible now',
    detail: `The machine "${machine}" is ${state}; its disks can be changed only while it is stopped.`,
    hint: 'Stop the machine first.',
  });
}

export function positionTaken(position: number, disk: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'position-taken',
    title: 'The place is taken',
    detail: `The disk "${disk}" is at place ${position} of this machine.`,
    hint: 'Choose another place, or leave it out to take the first free one.',
  });
}

export function tooManyDisks(limit: number): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'too-many-disks',
    title: 'Too many disks',
    detail: `A machine has ${limit} disks at most.`,
    hint: 'Detach one of them first.',
  });
}

export function cannotShrink(bytes: number): ProblemError {
  return invalid([
    { path: 'sizeBytes', message: `The disk has ${bytes} bytes; a disk never shrinks.` },
  ]);
}

export function smallerThanImage(bytes: number): ProblemError {
  return invalid([
    { path: 'sizeBytes', message: `The image has ${bytes} bytes; a copy cannot have less.` },
  ]);
}

export function cannotAllocate(cause: unknown): ProblemError {
  return new ProblemError(
    {
      status: 422,
      code: 'cannot-allocate',
      title: 'The space cannot be taken beforehand',
      detail:
        "The file system of the data directory cannot set aside a file's space, or not as much.",
      hint: 'Make a sparse disk instead, or keep the data directory on ext4 or XFS.',
    },
    { cause },
  );
}
