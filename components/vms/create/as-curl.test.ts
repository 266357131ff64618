import { expect, it } from 'vitest';
import { asCurl } from './as-curl';

it('quotes for a shell', () => {
  const text = asCurl('http://h:1', 'admin', { name: "it's $(here)" });
  expect(text).toContain(`"name": "it'\\''s $(here)"`);
  expect(text).toContain("'http://h:1/api/v1/vms'");
});
