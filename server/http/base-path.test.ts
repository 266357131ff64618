import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { BasePath } from './base-path';

describe('a console below a path', () => {
  const base = new BasePath('/vms');

  it.each([
    ['/vms', '/'],
    ['/vms/', '/'],
    ['/vms?x=1', '/?x=1'],
    ['/vms/api/v1/vms?x=/vms', '/api/v1/vms?x=/vms'],
    // A proxy has taken it away.
    ['/', '/'],
    ['/api/v1/vms', '/api/v1/vms'],
    ['/vmsx/y', '/vmsx/y'],
    ['*', '*'],
  ])('knows %s as %s', (asked, known) => expect(base.without(asked)).toBe(known));

  it.each([
    ['/vms', '/vms'],
    ['/', '/vms'],
    ['/?x', '/vms?x'],
    ['/machines/', '/vms/machines'],
    ['/machines?next=/x/', '/vms/machines?next=/x/'],
    ['/vms/api/v1/vms', '/vms/api/v1/vms'],
  ])('gives %s to Next as %s', (asked, given) => {
    const request = { url: asked } as IncomingMessage;
    base.takeFrom(request);
    base.giveTo(request);
    expect(request.url).toBe(given);
  });

  it('is no other console when it has the whole origin', () => {
    const whole = new BasePath('');
    const request = { url: '/machines/?x' } as IncomingMessage;
    whole.takeFrom(request);
    whole.giveTo(request);
    expect(request.url).toBe('/machines/?x');
    expect(whole.with('/api/v1/vms/1')).toBe('/api/v1/vms/1');
    expect(base.with('https://elsewhere/')).toBe('https://elsewhere/');
  });
});
