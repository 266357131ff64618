import type { Crash } from '@/server/api/vms';

/** The whole report as text, for a bug report or a search. */
export function crashText(name: string, crash: Crash): string {
  const lines = [
    `${name}: ${crash.message} (${crash.reason})`,
    `at ${crash.at}${crash.vcpu === undefined ? '' : `, vCPU ${crash.vcpu}`}`,
    crash.hint,
  ];
  const registers = Object.entries(crash.registers ?? {});
  if (registers.length > 0) {
    lines.push('', ...registers.map(([register, value]) => `${register.padEnd(8)} ${value}`));
  }
  if (crash.instructionBytes) lines.push('', `bytes at RIP: ${crash.instructionBytes}`);
  if (crash.lastLines.length > 0) lines.push('', ...crash.lastLines);
  return `${lines.join('\n')}\n`;
}
