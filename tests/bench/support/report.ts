import fs from 'node:fs';
import path from 'node:path';
import type { Bench, BenchResult } from './bench';
import { describeMachine } from './machine';

export interface Finished {
  readonly name: string;
  readonly bench: Bench;
  readonly outcome: BenchResult | { readonly failure: string };
}

const REPORT = path.join(import.meta.dirname, '../../../docs/benchmarks.md');

/** For people, on stdout. */
export function printTable(bench: Bench, outcome: Finished['outcome']): void {
  if ('failure' in outcome) return;
  const cells = outcome.rows.map((row) => [row.what, row.value, row.limit ?? '']);
  const widths = [0, 1, 2].map((i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, i) => (i === 1 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  process.stdout.write(`${bench.title}\n${lines.map((line) => `  ${line}\n`).join('')}`);
  process.stdout.write(`  ${footnote(outcome)}\n`);
}

/** @returns the path of the report, which is written anew */
export function writeReport(finished: readonly Finished[]): string {
  const text = [
    '# Benchmarks',
    '',
    'Written by `npm run bench -- all`; do not edit. Peers are measured in the same run, in turn with',
    'virtdeck, on the same payload. Figures of another machine differ; ratios differ less.',
    '',
    `Date: ${new Date().toISOString().slice(0, 10)}`,
    '',
    '| Machine | |',
    '| --- | --- |',
    ...describeMachine().map(([what, value]) => `| ${what} | ${value} |`),
    '',
    ...finished.flatMap(section),
  ];
  fs.mkdirSync(path.dirname(REPORT), { recursive: true });
  fs.writeFileSync(REPORT, text.join('\n'));
  return path.relative(process.cwd(), REPORT);
}

function section({ name, bench, outcome }: Finished): readonly string[] {
  const head = [`## ${bench.title}`, '', `\`npm run bench -- ${name}\``, ''];
  const method = bench.method.flatMap((sentence) => [sentence, '']);
  if ('failure' in outcome) {
    return [...head, `Not measured in this run: ${outcome.failure}`, '', ...method];
  }
  return [
    ...head,
    '| | Median | Aim |',
    '| --- | ---: | --- |',
    ...outcome.rows.map((row) => `| ${row.what} | ${row.value} | ${row.limit ?? ''} |`),
    '',
    footnote(outcome),
    '',
    ...method,
  ];
}

function footnote({ runs, spread }: BenchResult): string {
  return `${runs} runs; headline between ${spread.min} and ${spread.max}.`;
}
