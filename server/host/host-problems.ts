import { MonitorRefusal } from '../../vmm-core/monitor/transport';
import { messageOf } from '../log/log';
import { isProblemError, ProblemError } from '../problems/problem-error';

export function kvmUnavailable(detail: string, hint: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'kvm-unavailable',
    title: 'No KVM on this host',
    detail,
    hint,
  });
}

export function monitorMissing(path: string): ProblemError {
  return new ProblemError({
    status: 500,
    code: 'monitor-missing',
    title: 'The monitor is not built',
    detail: `There is no ${path}.`,
    hint: 'Run `npm run build` and start the machine again.',
  });
}

export function noMonitor(): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'not-running',
    title: 'The machine does not run',
    detail: 'No monitor runs for this machine.',
    hint: 'Start it first.',
  });
}

export function alreadyRunning(): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'already-running',
    title: 'The machine runs already',
    detail: 'A monitor runs for this machine.',
    hint: 'Stop it first.',
  });
}

/** What talking to a monitor ended with, as a client may read it. */
export function monitorProblem(error: unknown): ProblemError {
  if (isProblemError(error)) return error;
  if (error instanceof MonitorRefusal) {
    const { field, ...problem } = error.problem;
    return new ProblemError({
      ...problem,
      ...(field === undefined ? {} : { errors: [{ path: field, message: problem.detail }] }),
    });
  }
  return new ProblemError({
    status: 503,
    code: 'monitor-failed',
    title: 'The monitor failed',
    detail: `The monitor of this machine cannot be used: ${messageOf(error)}.`,
    hint: 'Try again. If it stays so, stop the machine and start it anew.',
  });
}
