import { ProblemError } from '../problems/problem-error';

export function notPrinting(machine: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'not-running',
    title: 'Not possible now',
    detail: `The machine "${machine}" does not run, so its console prints nothing.`,
    hint: 'Start the machine first.',
  });
}

export function alreadyRecording(machine: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'already-recording',
    title: 'Not possible now',
    detail: `The console of "${machine}" is being recorded already.`,
    hint: 'Stop that recording first.',
  });
}

export function recordingEnded(): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'recording-ended',
    title: 'Not possible now',
    detail: 'The recording has ended already.',
    hint: 'There is nothing to stop.',
  });
}
