import type { Problem } from '../api/problem';
import { reasonNot, type VmAction } from '../api/vm-actions';
import type { VmState } from '../api/vms';
import { messageOf } from '../log/log';
import { isProblemError, ProblemError } from '../problems/problem-error';
import { invalid } from '../problems/problems';

const HINTS: Readonly<Record<VmState, string>> = {
  stopped: 'Start the machine first.',
  starting: 'Wait until it runs, or stop it.',
  running: 'Stop the machine first.',
  paused: 'Resume or stop the machine first.',
  stopping: 'Wait until it has stopped.',
  crashed: 'Start the machine again.',
};

/** An action that is not possible in the state the machine is in. */
export function wrongState(name: string, state: VmState, action: VmAction): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'wrong-state',
    title: 'Not possible now',
    detail: `"${name}" is ${state}. ${reasonNot(state, action) ?? ''}`.trim(),
    hint: HINTS[state],
  });
}

export function nameTaken(name: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'name-taken',
    title: 'The name is taken',
    detail: `Another machine is called "${name}".`,
    hint: 'Choose another name.',
    errors: [{ path: 'name', message: 'Another machine has this name.' }],
  });
}

/** More than the host has at all. */
export function tooMuchMemory(hostBytes: number): ProblemError {
  return invalid([
    {
      path: 'config.memory.bytes',
      message: `This host has ${mib(hostBytes)}; a machine cannot have more.`,
    },
  ]);
}

export function memoryCommitted(wanted: number, running: number, limit: number): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'memory-committed',
    title: 'Not enough memory',
    detail: `Machines that run have ${mib(running)}; with ${mib(wanted)} more they would pass the ${mib(limit)} they may have together.`,
    hint: 'Stop another machine, give this one less memory, or raise the overcommit in the settings.',
  });
}

export function vcpusCommitted(wanted: number, running: number, limit: number): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'vcpus-committed',
    title: 'Too many vCPUs',
    detail: `Machines that run have ${running} vCPUs; with ${wanted} more they would pass the ${limit} they may have together.`,
    hint: 'Stop another machine, give this one fewer vCPUs, or raise the overcommit in the settings.',
  });
}

export function diskNearlyFull(free: number, needed: number): ProblemError {
  return new ProblemError({
    status: 507,
    code: 'disk-full',
    title: 'The disk is full',
    detail: `The data directory has ${mib(free)} left; a machine starts only while there are ${mib(needed)}.`,
    hint: 'Delete images, disks or recordings that nobody needs, or move the data directory to a larger disk.',
  });
}

function mib(bytes: number): string {
  return `${Math.floor(bytes / (1024 * 1024))} MiB`;
}

/** What is kept with a machine whose start came to nothing. */
export function startProblem(error: unknown): Problem {
  if (isProblemError(error)) return error.problem;
  return new ProblemError(
    {
      status: 500,
      code: 'start-failed',
      title: 'The start failed',
      detail: `The machine could not be started: ${messageOf(error)}`,
      hint: 'Try again. The log of the console says more.',
    },
    { cause: error },
  ).problem;
}

export function startInterrupted(): Problem {
  return new ProblemError({
    status: 503,
    code: 'start-interrupted',
    title: 'The start was interrupted',
    detail: 'The console was stopped while this machine was being started.',
    hint: 'Start the machine again.',
  }).problem;
}
