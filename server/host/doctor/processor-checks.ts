import type { Subject } from './subject';
import type { Verdict } from './verdict';

const VULNERABILITIES = [
  'gather_data_sampling',
  'itlb_multihit',
  'l1tf',
  'mds',
  'meltdown',
  'mmio_stale_data',
  'retbleed',
  'spec_rstack_overflow',
  'spec_store_bypass',
  'spectre_v1',
  'spectre_v2',
  'srbds',
  'tsa',
  'tsx_async_abort',
  'vmscape',
] as const;

export function checkKvm({ kvm }: Subject): Verdict {
  if (!kvm.available) return { level: 'problem', detail: kvm.detail, hint: kvm.hint };
  if (kvm.quirks.length === 0) return ok('KVM is there and may be used.');
  return {
    level: 'note',
    detail: `KVM is there and may be used. The monitor works around ${kvm.quirks.length} of its peculiarities.`,
    hint: null,
  };
}

/** What the processor brings for guests (Intel SDM volume 3, chapter 23; AMD APM volume 2, chapter 15). */
export async function checkProcessor({ read }: Subject): Promise<Verdict> {
  const cpuinfo = (await read('proc/cpuinfo')) ?? '';
  const flags = new Set(/^flags\s*:\s*(.*)$/m.exec(cpuinfo)?.[1]?.split(' ') ?? []);
  // Linux tells of VMX's own features on a line of their own.
  for (const flag of /^vmx flags\s*:\s*(.*)$/m.exec(cpuinfo)?.[1]?.split(' ') ?? [])
    flags.add(flag);
  const kind = flags.has('vmx') ? 'VMX' : flags.has('svm') ? 'SVM' : undefined;
  if (kind === undefined) {
    return {
      level: 'note',
      detail:
        'The processor shows neither VMX nor SVM. Guests run only where KVM does without, and their kernels run slowly.',
      hint: 'Turn on virtualisation in the firmware; inside a virtual machine its host must allow nested virtualisation.',
    };
  }
  if (!flags.has('ept') && !flags.has('npt')) {
    return {
      level: 'warning',
      detail: `The processor has ${kind}, but no nested paging. Guests with much memory run slowly.`,
      hint: null,
    };
  }
  return ok(`The processor has ${kind} with nested paging.`);
}

/** Whether one guest could read what belongs to another, by what the kernel says of itself. */
export async function checkMitigations({ read }: Subject): Promise<Verdict> {
  const open: string[] = [];
  for (const name of VULNERABILITIES) {
    const state = await read(`sys/devices/system/cpu/vulnerabilities/${name}`);
    if (state?.startsWith('Vulnerable')) open.push(name);
  }
  if (open.length === 0) return ok('The kernel knows of no hole of this processor that is open.');
  return {
    level: 'warning',
    detail: `The kernel leaves these holes of the processor open: ${open.join(', ')}. A guest might read what belongs to others.`,
    hint: 'Update the microcode and the kernel, or run only guests that trust each other.',
  };
}

function ok(detail: string): Verdict {
  return { level: 'ok', detail, hint: null };
}
