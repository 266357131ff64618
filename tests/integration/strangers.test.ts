import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { describeWithKvm } from '../support/kvm';
import { startPayload } from '../support/machine';

const NOBODY = 65534;

/** Asks a monitor for its state as another user. @returns what curl would say: the answer or why not */
function askAsNobody(socket: string): string {
  const program = `
    require('node:http').get({ socketPath: process.argv[1], path: '/v1/machine' }, (answer) => {
      console.log('answered ' + answer.statusCode);
    }).on('error', (error) => console.log(error.code));`;
  const options = { uid: NOBODY, gid: NOBODY, encoding: 'utf8', cwd: '/' } as const;
  return execFileSync(process.execPath, ['-e', program, socket], options).trim();
}

describeWithKvm('the control socket of a monitor', () => {
  const asRoot = it.runIf(process.getuid?.() === 0);

  asRoot('is closed to other users by its directory', async () => {
    const monitor = await startPayload('halt');
    expect(askAsNobody(monitor.file('socket'))).toBe('EACCES');
  });

  asRoot('is closed to them even when somebody opened directory and socket wide', async () => {
    const monitor = await startPayload('halt');
    const socket = monitor.file('socket');
    fs.chmodSync(path.dirname(socket), 0o777);
    fs.chmodSync(socket, 0o777);
    expect(askAsNobody(socket)).toMatch(/^(ECONNRESET|EPIPE)$/);
    expect(fs.readFileSync(monitor.file('log'), 'utf8')).toContain('was refused');
    expect((await monitor.client.status()).state).toBe('running');
  });
});
