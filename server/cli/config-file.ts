import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CliError } from './errors';

export const DEFAULT_URL = 'http://127.0.0.1:7890';

const schema = z.object({ url: z.url(), token: z.string().min(1) });
export type Login = z.infer<typeof schema>;

type Environment = Readonly<Record<string, string | undefined>>;

export function configPath(environment: Environment): string {
  const base = environment['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  return join(base, 'virtdeck/config.json');
}

/** Which console, and by which token; the environment goes before the file. @throws CliError */
export function readLogin(environment: Environment): Partial<Login> {
  const stored = readStored(configPath(environment));
  const url = environment['VIRTDECK_URL'] ?? stored?.url;
  const token = environment['VIRTDECK_TOKEN'] ?? stored?.token;
  return { ...(url === undefined ? {} : { url }), ...(token === undefined ? {} : { token }) };
}

export function writeLogin(environment: Environment, login: Login): string {
  const path = configPath(environment);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // A file that was there before would keep its mode, and who has it open could read on.
  rmSync(path, { force: true });
  writeFileSync(path, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return path;
}

export function removeLogin(environment: Environment): void {
  rmSync(configPath(environment), { force: true });
}

function readStored(path: string): Login | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new CliError(`${path} cannot be read.`, 'Delete it and run `virtdeck login` again.');
  }
}
