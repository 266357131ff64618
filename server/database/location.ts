import { join } from 'node:path';
import type { Environment } from '../config/directories';
import { StartError } from '../config/start-error';

/** Where the console's database is. */
export type DatabaseLocation =
  | {
      readonly kind: 'sqlite' /** Absolute path; made when it is not there. */;
      readonly file: string;
    }
  | {
      readonly kind: 'postgresql' /** Holds a password: never to be shown. */;
      readonly url: string;
    };

/**
 * PostgreSQL when DATABASE_URL says so, a file in the data directory otherwise.
 * @throws StartError when DATABASE_URL is of another kind; what it holds is not repeated
 */
export function databaseLocation(env: Environment, dataDirectory: string): DatabaseLocation {
  const url = env['DATABASE_URL'];
  if (url === undefined || url === '') {
    return { kind: 'sqlite', file: join(dataDirectory, 'virtdeck.db') };
  }
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new StartError(
      'DATABASE_URL is no address of a PostgreSQL database.',
      'Give postgresql://USER:PASSWORD@HOST/DATABASE, or leave it out to keep SQLite in the data directory.',
    );
  }
  return { kind: 'postgresql', url };
}
