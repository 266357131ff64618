import { beforeEach, describe, expect, it } from 'vitest';
import type { MsiMessage } from '../machine/interrupt-router';
import { MSIX_CONTROL_ENABLE, MSIX_CONTROL_MASK_ALL, MsixVectors } from './msix';

const ENTRY = 16;
const CONTROL = 12;
const MASKED = 1;

let messages: MsiMessage[];
let fired: number[];
let vectors: MsixVectors;

beforeEach(() => {
  messages = [];
  fired = [];
  let lines = 0;
  vectors = new MsixVectors(3, {
    newLine: () => {
      const line = lines++;
      return {
        trigger: () => void fired.push(line),
        setMessage: (message) => void messages.push(message),
      };
    },
  });
});

const program = (vector: number, low: number, data: number): void => {
  vectors.table.write(vector * ENTRY, 4, low);
  vectors.table.write(vector * ENTRY + 4, 4, 0);
  vectors.table.write(vector * ENTRY + 8, 4, data);
};
const mask = (vector: number, on: boolean): void =>
  vectors.table.write(vector * ENTRY + CONTROL, 4, on ? MASKED : 0);
const enable = (): void => vectors.setControl(MSIX_CONTROL_ENABLE);
const isPending = (vector: number): boolean =>
  (vectors.pendingBits.read(0, 4) & (1 << vector)) !== 0;

describe('MSI-X', () => {
  it('has every vector masked at first', () => {
    expect(vectors.table.read(2 * ENTRY + CONTROL, 4)).toBe(MASKED);
  });

  it('fires an unmasked vector', () => {
    program(1, 0xfee0_0000, 0x41);
    mask(1, false);
    enable();
    vectors.trigger(1);
    expect(messages).toEqual([{ addressLow: 0xfee0_0000, addressHigh: 0, data: 0x41 }]);
    expect(fired).toHaveLength(1);
  });

  it('remembers what came while a vector was masked, once', () => {
    enable();
    vectors.trigger(0);
    vectors.trigger(0);
    expect([fired.length, isPending(0)]).toEqual([0, true]);
    program(0, 0xfee0_0000, 0x30);
    mask(0, false);
    expect([fired.length, isPending(0)]).toEqual([1, false]);
  });

  it('remembers what came while the function was masked', () => {
    program(2, 0xfee0_0000, 0x30);
    mask(2, false);
    vectors.setControl(MSIX_CONTROL_ENABLE | MSIX_CONTROL_MASK_ALL);
    vectors.trigger(2);
    expect([fired.length, isPending(2)]).toEqual([0, true]);
    enable();
    expect([fired.length, isPending(2)]).toEqual([1, false]);
  });

  it('routes a message again only when it has changed', () => {
    program(0, 0xfee0_0000, 0x30);
    mask(0, false);
    enable();
    mask(0, true);
    mask(0, false);
    expect(messages).toHaveLength(1);
    mask(0, true);
    program(0, 0xfee0_1000, 0x31);
    expect(messages).toHaveLength(1);
    mask(0, false);
    expect(messages).toHaveLength(2);
  });

  it('fires nothing while it is off, and nothing it does not have', () => {
    program(0, 0xfee0_0000, 0x30);
    mask(0, false);
    vectors.trigger(0);
    enable();
    vectors.trigger(3);
    vectors.trigger(0xfffe);
    expect(fired).toEqual([]);
  });

  it('ignores accesses of the wrong width, off the grid or past the table', () => {
    vectors.table.write(0, 1, 0xff);
    vectors.table.write(2, 4, 0xff);
    vectors.table.write(3 * ENTRY, 4, 0xff);
    vectors.pendingBits.write(0, 4, 0xff);
    expect(vectors.table.read(0, 4)).toBe(0);
    expect(vectors.table.read(3 * ENTRY, 4)).toBe(0);
    expect(vectors.pendingBits.read(0, 4)).toBe(0);
  });
});
