import { type Algorithm, hash, type Options, verify } from '@node-rs/argon2';
import { inHashingQueue } from './hashing-queue';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
const ARGON2: Options = {
  // The value of Algorithm.Argon2id, which is a const enum and so not there at run time.
  algorithm: 2 satisfies Algorithm.Argon2id,
  memoryCost: 19 * 1024,
  timeCost: 2,
  parallelism: 1,
};

export function hashPassword(password: string): Promise<string> {
  return inHashingQueue(() => hash(password, ARGON2));
}

/** Made with the first password that is checked, whosever that is. */
let nobody: Promise<string> | undefined;

/**
 * @param passwordHash undefined for a name nobody has: it takes the same time, so that names cannot
 * be guessed by the clock
 */
export async function verifyPassword(
  passwordHash: string | undefined,
  password: string,
): Promise<boolean> {
  nobody ??= hash('nobody has this password', ARGON2);
  const against = passwordHash ?? (await nobody);
  const fits = await inHashingQueue(() => verify(against, password));
  return fits && passwordHash !== undefined;
}
