import { ApiClient } from '../../api/client';
import type { Command } from '../command';
import { DEFAULT_URL, readLogin, removeLogin, writeLogin } from '../config-file';
import { CliError } from '../errors';
import { readSecret } from '../terminal/read-secret';

const login: Command = {
  name: 'login',
  summary: 'Keep a token for a console; the token is asked for.',
  arguments: [{ name: 'URL', names: 'word', optional: true }],
  options: {},
  offline: true,
  run: async ({ output }, { words, options }) => {
    const asked = words[0] ?? (typeof options['url'] === 'string' ? options['url'] : undefined);
    const url = asked ?? readLogin(process.env).url ?? DEFAULT_URL;
    if (!URL.canParse(url))
      throw new CliError(`"${url}" is no address.`, `Such as ${DEFAULT_URL}.`);
    const token = await readSecret(`Token for ${url}: `);
    const { user } = await new ApiClient(url, token).call('getSession', {});
    if (user === null) throw new CliError('The console does not know this token.', 'Make another.');
    const path = writeLogin(process.env, { url, token });
    output.answer({ url, user }, () => `Signed in as ${user.name}. The token is kept in ${path}.`);
    return undefined;
  },
};

const logout: Command = {
  name: 'logout',
  summary: 'Forget the token.',
  arguments: [],
  options: {},
  offline: true,
  run: async ({ output }) => {
    removeLogin(process.env);
    output.answer({}, () => 'The token is forgotten here. Revoke it in the console’s settings.');
    return undefined;
  },
};

export const LOGIN_COMMANDS: readonly Command[] = [login, logout];
