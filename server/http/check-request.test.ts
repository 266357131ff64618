import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { isProblemError } from '../problems/problem-error';
import { allowedAt, checkRequest } from './check-request';

function asked(method: string, url: string, headers: Record<string, string> = {}): IncomingMessage {
  return { method, url, headers } as unknown as IncomingMessage;
}

/** The problem's status and code, or undefined when there is none. */
function refusalOf(method: string, url: string): unknown {
  try {
    checkRequest(asked(method, url));
    return undefined;
  } catch (error) {
    if (!isProblemError(error)) throw error;
    return [error.problem.status, error.problem.code];
  }
}

describe('what is asked of the console', () => {
  it('has a path that means one thing only', () => {
    for (const path of ['%E0%A4%A', '%', '..', '%2e%2e/users', './x', '%2E.']) {
      expect(refusalOf('GET', `/api/v1/vms/${path}`)).toEqual([400, 'malformed-path']);
    }
    for (const url of ['*', '?x', 'http://evil.example/api/v1/vms', 'http://[/x']) {
      expect(refusalOf('GET', url)).toEqual([400, 'malformed-path']);
    }
    for (const path of ['a', '...', '.a', '%2e%2ea', '%E2%9C%93', 'x?of=../..']) {
      expect(refusalOf('GET', `/api/v1/vms/${path}`)).toBeUndefined();
    }
  });

  it('has a method that pages or the API may know', () => {
    for (const method of ['TRACE', 'CONNECT', 'PROPFIND']) {
      expect(refusalOf(method, '/api/v1/vms')).toEqual([405, 'wrong-method']);
    }
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      expect(refusalOf(method, '/api/v1/vms')).toBeUndefined();
    }
  });

  it('is a page that is looked at, or the API', () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      for (const path of [
        '/',
        '/machines',
        '/metrics',
        '/_next/static/x',
        '/apis',
        '//api/v1/vms',
      ]) {
        expect([path, refusalOf(method, path)]).toEqual([path, [405, 'wrong-method']]);
      }
    }
    for (const path of ['/', '/machines', '/metrics']) {
      expect(refusalOf('HEAD', path)).toBeUndefined();
    }
  });

  it('may be what a place of the API allows', () => {
    expect(allowedAt(asked('OPTIONS', '/api/v1/vms?x'))).toBe('HEAD, GET, POST, OPTIONS');
    expect(allowedAt(asked('OPTIONS', '/api/v1/first-run'))).toBe('POST, OPTIONS');
    expect(allowedAt(asked('GET', '/api/v1/vms'))).toBeUndefined();
    expect(() => allowedAt(asked('OPTIONS', '/api/v1/nope'))).toThrow('There is no resource');
  });

  it('is of the API what it says, whatever Next makes of headers of its pages', () => {
    const ofPages = {
      rsc: '1',
      'next-action': 'x',
      'next-router-state-tree': 'x',
      'x-nextjs-data': '1',
      'x-middleware-subrequest': 'middleware',
    };
    const api = asked('GET', '/api/v1/vms', { ...ofPages, cookie: 'a=b' });
    checkRequest(api);
    expect(api.headers).toEqual({ cookie: 'a=b' });
    const page = asked('GET', '/machines', { ...ofPages });
    checkRequest(page);
    expect(page.headers).toEqual(ofPages);
  });
});
