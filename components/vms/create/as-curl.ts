import type { CreateVm } from '@/server/api/vms';
import { API } from '../../api/client';

const JAR = 'virtdeck.cookies';
const JSON_HEADER = "-H 'content-type: application/json'";

/** The calls that do what the form does, for a shell: one to sign in, one to create. */
export function asCurl(origin: string, userName: string, vm: CreateVm): string {
  const signIn = JSON.stringify({ name: userName, password: 'YOUR-PASSWORD' });
  return [
    `curl -c ${JAR} ${JSON_HEADER} \\`,
    `  -d ${quote(signIn)} \\`,
    `  ${quote(`${origin}${API}/session`)}`,
    '',
    `curl -b ${JAR} ${JSON_HEADER} \\`,
    `  -d ${quote(JSON.stringify(vm, undefined, 2))} \\`,
    `  ${quote(`${origin}${API}/vms`)}`,
  ].join('\n');
}

/** As one word of a POSIX shell, whatever a name has in it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
