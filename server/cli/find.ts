import { CliError } from './errors';

interface Named {
  readonly id: string;
  readonly name: string;
}

/**
 * What a person means: a name, an id, or how an id begins when only one begins so.
 * @param kind as in "There is no machine …"
 * @throws CliError
 */
export function findNamed<T extends Named>(items: readonly T[], word: string, kind: string): T {
  const exact = items.find(({ id, name }) => name === word || id === word);
  if (exact !== undefined) return exact;
  const begins = word.length < 4 ? [] : items.filter(({ id }) => id.startsWith(word));
  const [only] = begins;
  if (only !== undefined && begins.length === 1) return only;
  if (begins.length > 1) {
    throw new CliError(`${begins.length} ${kind}s begin with "${word}".`, 'Type more of the id.');
  }
  const names = items.map(({ name }) => name);
  throw new CliError(
    `There is no ${kind} "${word}".`,
    names.length === 0 ? `There is no ${kind} at all.` : `There are: ${names.join(', ')}.`,
  );
}
