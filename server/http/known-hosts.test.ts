import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { isProblemError } from '../problems/problem-error';
import { KnownHosts } from './known-hosts';

const hosts = new KnownHosts({ host: 'vms.lan', origins: ['https://vms.example.org:8443'] });

function isKnown(header: string | undefined): boolean {
  try {
    hosts.check(header);
    return true;
  } catch (error) {
    if (!isProblemError(error) || error.problem.status !== 421) throw error;
    return false;
  }
}

describe('the name that a console is asked by', () => {
  it('is an address, a name of this host, or one that the operator gave', () => {
    const known = ['127.0.0.1:7890', '[::1]:7890', '192.0.2.7', 'localhost:3000', 'vm.localhost'];
    const given = ['VMS.lan', 'vms.example.org', 'vms.example.org:8443', hostname(), undefined];
    for (const header of [...known, ...given])
      expect([header, isKnown(header)]).toEqual([header, true]);
  });

  it('is not one that a stranger made lead here', () => {
    const strange = ['evil.example', 'evil.example:7890', 'localhost.evil.example', 'vms.lan.evil'];
    for (const header of [...strange, '', 'x y', '127.0.0.1.evil.example', 'a@b@c']) {
      expect([header, isKnown(header)]).toEqual([header, false]);
    }
  });
});
