import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { describe } from 'vitest';
import { nativeSyscall } from '../../sys/libc';
import { checked } from '../../sys/sys-error';

/** Numbers of x86-64. */
const SYS_UNSHARE = 272;
const SYS_SETNS = 308;
const CLONE_NEWNET = 0x4000_0000;

/**
 * A network namespace that this thread, and what it starts, is in until leave(). It has no name:
 * the kernel takes it away with its last user, however a test ends.
 */
export class TestNamespace {
  private constructor(private readonly home: number) {}

  /** @throws SysError, EPERM without CAP_SYS_ADMIN */
  static enter(): TestNamespace {
    const home = fs.openSync('/proc/thread-self/ns/net', 'r');
    try {
      checked('unshare', nativeSyscall(SYS_UNSHARE, CLONE_NEWNET, 0, 0, 0, 0, 0));
    } catch (error) {
      fs.closeSync(home);
      throw error;
    }
    // Nobody announces itself on an interface that comes up, but for IPv6.
    const ipv6 = '/proc/sys/net/ipv6/conf';
    for (const scope of fs.existsSync(ipv6) ? ['all', 'default'] : []) {
      fs.writeFileSync(`${ipv6}/${scope}/disable_ipv6`, '1');
    }
    return new TestNamespace(home);
  }

  leave(): void {
    checked('setns', nativeSyscall(SYS_SETNS, this.home, CLONE_NEWNET, 0, 0, 0, 0));
    fs.closeSync(this.home);
  }

  /** ip(8), in the namespace. */
  ip(command: string): string {
    return execFileSync('ip', command.split(' '), { encoding: 'utf8', stdio: 'pipe' });
  }

  /** nft(8), in the namespace: a script of rules, or a command. */
  nft(script: string): string {
    return execFileSync('nft', ['-f', '-'], { input: script, encoding: 'utf8', stdio: 'pipe' });
  }
}

/** Whether this host lets us have namespaces and taps, and if not, why. */
function whyNoTap(): string | undefined {
  try {
    fs.accessSync('/dev/net/tun', fs.constants.R_OK | fs.constants.W_OK);
    const namespace = TestNamespace.enter();
    try {
      namespace.ip('tuntap add probe mode tap');
    } finally {
      namespace.leave();
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * A group of tests that make taps. Where that cannot be done its tests are skipped, each by its
 * name, unless VIRTDECK_REQUIRE_TAP=1 says that the host must let them: then they run, and fail.
 */
export function describeWithTap(name: string, tests: () => void): void {
  const missing = whyNoTap();
  const required = process.env['VIRTDECK_REQUIRE_TAP'] === '1';
  if (missing === undefined || required) describe(name, tests);
  else describe.skip(`${name} (skipped: ${missing})`, tests);
}
