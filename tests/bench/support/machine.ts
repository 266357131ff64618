import fs from 'node:fs';
import os from 'node:os';
import { qemuVersion } from './qemu';

const GIB = 1024 ** 3;

/** What the figures depend on, as rows of name and value. */
export function describeMachine(): readonly (readonly [string, string])[] {
  const cpus = os.cpus();
  return [
    ['Processor', `${cpus[0]?.model.trim() ?? 'unknown'}, ${cpus.length} threads`],
    ['Memory', `${(os.totalmem() / GIB).toFixed(1)} GiB`],
    ['System', `${distribution()}, Linux ${os.release()}`],
    ['Virtualisation', virtualisation()],
    ['Node', process.version],
    ['Peer', qemuVersion()],
    // A machine that does other work shows it here.
    [
      'Load when done',
      os
        .loadavg()
        .map((load) => load.toFixed(1))
        .join(', '),
    ],
  ];
}

function distribution(): string {
  try {
    return /^PRETTY_NAME="(.*)"$/m.exec(fs.readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux';
  } catch {
    return 'Linux';
  }
}

/** Without VMX or SVM, KVM has to emulate guest kernels: everything but exits is slower there. */
function virtualisation(): string {
  const flags = fs.readFileSync('/proc/cpuinfo', 'utf8');
  if (/^flags.*\bvmx\b/m.test(flags)) return 'KVM with VMX';
  if (/^flags.*\bsvm\b/m.test(flags)) return 'KVM with SVM';
  return 'KVM without hardware assistance (no VMX, no SVM): guest kernels are emulated';
}
