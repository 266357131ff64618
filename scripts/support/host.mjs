import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { Missing } from './report.mjs';

const OLDEST_NODE = [20, 12];

/** @throws {Missing} when this is no place the program can run on */
export function checkHost() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    throw new Missing(
      `This is Node ${process.versions.node}; virtdeck needs ${OLDEST_NODE.join('.')} or newer.`,
      'Install Node 20 or newer, for example from your distribution or nodejs.org.',
    );
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Missing(
      `This is ${process.platform} on ${process.arch}; virtdeck runs on 64-bit x86 Linux.`,
      'Use such a host: KVM is a part of the Linux kernel.',
    );
  }
}

/** @returns {{ cause: string, remedy: string } | undefined} why machines cannot run here */
export function whyNoKvm() {
  if (!existsSync('/dev/kvm')) {
    return {
      cause: '/dev/kvm is missing: this host cannot run virtual machines.',
      remedy:
        'Switch virtualisation on in the firmware, load kvm_intel or kvm_amd, or, in a virtual machine, allow nesting.',
    };
  }
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return undefined;
  } catch {
    return {
      cause: 'You may not open /dev/kvm.',
      remedy: `Join the group that may: sudo usermod -aG kvm ${process.env.USER ?? '$USER'}, then sign in again.`,
    };
  }
}

/**
 * Installs Debian packages whose program is not there.
 * @param {Record<string, string>} programs program to the package that holds it
 * @throws {Missing} where that may not be done
 */
export function ensurePrograms(programs) {
  const missing = [
    ...new Set(
      Object.entries(programs)
        .filter(([name]) => !onPath(name))
        .map(([, pkg]) => pkg),
    ),
  ];
  if (missing.length === 0) return;
  const list = missing.join(' ');
  const byHand = `Install them: sudo apt-get install -y --no-install-recommends ${list}`;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    throw new Missing(`These Debian packages are missing: ${list}.`, byHand);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (/** @type {string[]} */ ...args) =>
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  const install = () => apt('install', '-y', '--no-install-recommends', ...missing);
  // The package lists of a fresh system are empty or old.
  if (!install() && !(apt('update') && install())) {
    throw new Missing(`apt-get could not install: ${list}.`, byHand);
  }
}

/** @param {string} program */
function onPath(program) {
  const directories = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`.split(':');
  return directories.some((directory) => existsSync(`${directory}/${program}`));
}
