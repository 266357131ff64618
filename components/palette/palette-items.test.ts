import { expect, it } from 'vitest';
import { findItems, type PaletteItem } from './palette-items';

const item = (title: string, group: string, hidden = false): PaletteItem => ({
  ...{ key: title, title, group, hidden },
  run: () => {},
});
const ITEMS = [
  item('Machines', 'Pages'),
  item('Images', 'Pages'),
  item('mail', 'Machines'),
  item('Stop mail', 'Actions', true),
];
const found = (typed: string) => findItems(ITEMS, typed).map(({ title }) => title);

it('shows places and machines before anything is typed', () =>
  expect(found('')).toEqual(['Machines', 'Images', 'mail']));

it('finds what cannot be done now after what can', () => {
  const disabled = { ...item('Stop ma', 'Actions', true), disabledReason: 'It does not run.' };
  const titles = findItems([disabled, ...ITEMS], 'stop').map(({ title }) => title);
  expect(titles).toEqual(['Stop mail', 'Stop ma']);
});

it('finds actions by their words, groups together', () => {
  expect(found('stop')).toEqual(['Stop mail']);
  expect(found('ma')).toEqual(['mail', 'Machines', 'Images', 'Stop mail']);
  expect(found('nothing at all')).toEqual([]);
});
