import type { Subject } from './subject';
import type { Verdict } from './verdict';

const KIB = 1024;
/** Below these shares of all memory, starts are refused soon, or the host begins to swap. */
const LOW = 0.1;
const HUGE_PAGE_KIB = 2048;

export async function checkMemory({ read }: Subject): Promise<Verdict> {
  const meminfo = (await read('proc/meminfo')) ?? '';
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(meminfo)?.[1]);
  const total = kib('MemTotal');
  const available = kib('MemAvailable');
  const swapped = kib('SwapTotal') - kib('SwapFree');
  const free = `${gib(available)} of ${gib(total)} are free.`;
  if (available / total < LOW) {
    return {
      level: 'warning',
      detail: `Memory is nearly used up: ${free}`,
      hint: 'Stop machines nobody needs, or give them less memory.',
    };
  }
  if (swapped / total > LOW) {
    return {
      level: 'warning',
      detail: `The host has swapped out ${gib(swapped)}. Machines whose memory is there stand still for moments.`,
      hint: 'Stop machines nobody needs, or give them less memory.',
    };
  }
  return { level: 'ok', detail: free, hint: null };
}

/** Transparent ones come by themselves; others are set aside (Documentation/admin-guide/mm). */
export async function checkHugePages({ read }: Subject): Promise<Verdict> {
  const policy = (await read('sys/kernel/mm/transparent_hugepage/enabled')) ?? '';
  const chosen = /\[(\w+)\]/.exec(policy)?.[1];
  const pool = `sys/kernel/mm/hugepages/hugepages-${HUGE_PAGE_KIB}kB`;
  const all = Number((await read(`${pool}/nr_hugepages`)) ?? 0);
  const free = Number((await read(`${pool}/free_hugepages`)) ?? 0);
  const aside = all === 0 ? 'None are set aside.' : `${free} of ${all} set aside are free.`;
  if (chosen === 'always' || chosen === 'madvise') {
    return {
      level: 'ok',
      detail: `Memory of machines gets huge pages where there are some. ${aside}`,
      hint: null,
    };
  }
  return {
    level: 'note',
    detail: `This kernel gives machines no huge pages by itself. ${aside}`,
    hint: 'Write madvise to /sys/kernel/mm/transparent_hugepage/enabled: guests with much memory run faster.',
  };
}

function gib(kib: number): string {
  return `${((kib * KIB) / 1024 ** 3).toFixed(1)} GiB`;
}
