import type { OperationName } from '@/server/api/operations/operations';
import type { Problem } from '@/server/api/problem';
import { someProblem } from '../fixtures';

/** What goes wrong, or takes its time, as a test wants it. */
export class Faults {
  /** Nothing is reached at all. */
  isDown = false;
  private readonly refusals = new Map<OperationName, Problem[]>();
  private readonly broken = new Map<OperationName, Problem>();
  private readonly gates = new Map<OperationName, Promise<void>>();

  /** The next request of that name is answered by this problem. */
  refuse(name: OperationName, parts: Partial<Problem> = {}): void {
    const before = this.refusals.get(name) ?? [];
    this.refusals.set(name, [...before, failure(parts)]);
  }

  /** All requests of that name are answered by this problem, until it is mended. */
  break(name: OperationName, parts: Partial<Problem> = {}): void {
    this.broken.set(name, failure(parts));
  }

  mend(name: OperationName): void {
    this.broken.delete(name);
  }

  /** Requests of that name wait. @returns lets them go on */
  hold(name: OperationName): () => void {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.gates.set(name, gate);
    return () => {
      this.gates.delete(name);
      open();
    };
  }

  /** Resolves when nothing holds requests of that name. */
  async passed(name: OperationName): Promise<void> {
    await this.gates.get(name);
  }

  refusalOf(name: OperationName): Problem | undefined {
    return this.refusals.get(name)?.shift() ?? this.broken.get(name);
  }
}

function failure(parts: Partial<Problem>): Problem {
  return someProblem({
    status: 500,
    code: 'internal',
    title: 'The console failed',
    detail: 'The console met an error it did not expect.',
    hint: 'Try again. If it happens again, the log of the console says more.',
    ...parts,
  });
}
