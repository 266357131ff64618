import { describe, expect, it } from 'vitest';
import { someSample } from '../testing/some-sample';
import { someVm } from '../testing/some-vm';
import { exposition, type Facts } from './prometheus';

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A strict reader of the format: what Prometheus would refuse throws. */
function parse(text: string): { samples: Sample[]; types: Map<string, string> } {
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const seen = new Set<string>();
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.slice(0, -1).split('\n')) {
    const type = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge)$/.exec(line);
    if (type !== null) {
      if (types.has(type[1] ?? '')) throw new Error(`two families ${type[1]}`);
      types.set(type[1] ?? '', type[2] ?? '');
      continue;
    }
    if (/^# HELP [a-zA-Z_:][\w:]* [^\n]+$/.test(line)) continue;
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?[\d.]+(?:e[+-]?\d+)?)$/.exec(line);
    if (sample === null) throw new Error(`not a line of the format: ${line}`);
    const [, name = '', inside = '', value] = sample;
    const labels: Record<string, string> = {};
    let rest = inside;
    while (rest !== '') {
      const pair = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)/.exec(rest);
      if (pair === null) throw new Error(`not labels: ${rest}`);
      labels[pair[1] ?? ''] = (pair[2] ?? '').replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c));
      rest = rest.slice(pair[0].length);
    }
    if (!types.has(name)) throw new Error(`no type for ${name}`);
    if (seen.has(line.slice(0, line.lastIndexOf(' ')))) throw new Error(`twice: ${line}`);
    seen.add(line.slice(0, line.lastIndexOf(' ')));
    samples.push({ name, labels, value: Number(value) });
  }
  return { samples, types };
}

const facts = (parts: Partial<Facts> = {}): Facts => ({
  version: '1.2.3',
  machines: [],
  host: undefined,
  process: { cpuSeconds: 1.5, residentBytes: 100, startedAt: new Date(5000) },
  ...parts,
});

describe('the figures for Prometheus', () => {
  it('are readable with no machine at all', () => {
    const { samples } = parse(exposition(facts()));
    expect(samples).toContainEqual({
      name: 'virtdeck_info',
      labels: { version: '1.2.3' },
      value: 1,
    });
  });

  it('tell of each machine, and keep names whole, whatever is in them', () => {
    const vm = someVm({ name: 'a "b" \\ c', state: 'running' });
    const sample = someSample();
    const { samples, types } = parse(
      exposition(
        facts({
          machines: [
            { vm, sample },
            { vm: someVm({ id: 'off' }), sample: undefined },
          ],
        }),
      ),
    );
    const cpu = samples.filter(({ name }) => name === 'virtdeck_vm_cpu_seconds_total');
    expect(cpu).toEqual([
      {
        name: 'virtdeck_vm_cpu_seconds_total',
        labels: { vm: vm.id, name: 'a "b" \\ c' },
        value: sample.totals.runNs / 1e9,
      },
    ]);
    const states = samples.filter(({ labels, value }) => 'state' in labels && value === 1);
    expect(states.map(({ labels }) => labels['state'])).toEqual(['running', 'stopped']);
    for (const [name, type] of types) {
      expect(name.endsWith('_total')).toBe(type === 'counter');
    }
  });

  it.each([
    { state: 'stopped' },
    { state: 'crashed' },
    { state: 'running', silentSince: '2026-01-01T00:00:00.000Z' },
  ] as const)('tell nothing old: %o', (parts) => {
    const vm = someVm(parts);
    const text = exposition(facts({ machines: [{ vm, sample: someSample() }] }));
    expect(text).toContain(`virtdeck_vm_state{vm="${vm.id}"`);
    expect(text).not.toContain('virtdeck_vm_cpu_seconds_total');
  });

  it('leave out what nobody knows', () => {
    const sample = someSample({ memory: { sizeBytes: 1, residentBytes: 1, guestUsedBytes: null } });
    const text = exposition(facts({ machines: [{ vm: someVm({ state: 'running' }), sample }] }));
    expect(text).not.toContain('guest_used');
    expect(text).not.toContain('NaN');
  });
});
