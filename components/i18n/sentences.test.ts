import { describe, expect, it } from 'vitest';
import { sentenceTranslator } from './sentences';

const translate = sentenceTranslator([
  ['Stop it first.', '请先停止。'],
  ['"{}" is {}.', '“{}”处于 {} 状态。'],
  ['{} of {} (all) are here.', '共 {2}，已有 {1}。'],
]);

describe('a sentence of the server', () => {
  it('is told in the language of the reader', () =>
    expect(translate('Stop it first.')).toBe('请先停止。'));

  it('keeps what is of this time', () => {
    expect(translate('"a.b" is running.')).toBe('“a.b”处于 running 状态。');
    expect(translate('3 of 7 (all) are here.')).toBe('共 7，已有 3。');
  });

  it('stays as it is where nobody knows it', () =>
    expect(translate('Stop it firstly.')).toBe('Stop it firstly.'));
});
