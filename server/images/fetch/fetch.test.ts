import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SpaceLedger } from '../../storage/space';
import { problemOf } from '../../testing/problems';
import { kindOfAddress, mayConnect } from './address-policy';
import { type DownloadOptions, download } from './download';
import { checkUrl } from './open-url';

const CONTENT = randomBytes(3_000_000);

let directory: string;
let file: FileHandle;
let server: Server;
let requests: string[];
let handler: RequestListener;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'virtdeck-fetch-'));
  server = createServer((request, response) => {
    requests.push(`${request.headers.host} ${request.url}`);
    handler(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await rm(directory, { recursive: true, force: true });
});

beforeEach(async () => {
  requests = [];
  handler = (_request, response) => {
    response.setHeader('content-length', CONTENT.length);
    response.end(CONTENT);
  };
  file = await open(join(directory, 'file'), 'w+');
});

afterEach(() => file.close());

const port = () => (server.address() as AddressInfo).port;
const LOOPBACK = { allowPrivate: false, allowLoopback: true };

async function fetchFrom(path = '/disk.raw', more: Partial<DownloadOptions> = {}) {
  const space = await new SpaceLedger(directory, () => 0).reserve(0);
  const url = path.includes('://') ? path : `http://127.0.0.1:${port()}${path}`;
  const controller = new AbortController();
  try {
    return await download(url, file, {
      policy: LOOPBACK,
      signal: controller.signal,
      maxBytes: 10_000_000,
      onProgress: () => {},
      space,
      ...more,
    });
  } finally {
    space.release();
  }
}

const redirectTo = (location: string): RequestListener => {
  return (_request, response) => response.writeHead(302, { location }).end('not read');
};

describe('a file is fetched', () => {
  it('whole, with its size and its hash, and told how far it is', async () => {
    const told: (number | undefined)[][] = [];
    const result = await fetchFrom('/disk.raw', { onProgress: (...args) => told.push(args) });
    expect(result).toEqual({
      bytes: CONTENT.length,
      sha256: createHash('sha256').update(CONTENT).digest('hex'),
    });
    expect(CONTENT.equals(await readFile(join(directory, 'file')))).toBe(true);
    expect(told.at(-1)).toEqual([CONTENT.length, CONTENT.length]);
  });

  it('also when the server does not say how much comes', async () => {
    handler = (_request, response) => {
      response.write(CONTENT.subarray(0, 1000));
      response.end(CONTENT.subarray(1000));
    };
    expect((await fetchFrom()).bytes).toBe(CONTENT.length);
  });

  it('from where redirects lead to, five at most', async () => {
    handler = (request, response) => {
      const left = Number(request.url?.slice(1));
      if (left > 0) redirectTo(`/${left - 1}`)(request, response);
      else response.end('here');
    };
    expect((await fetchFrom('/5')).bytes).toBe(4);
    expect((await problemOf(fetchFrom('/6'))).code).toBe('import-redirects');
  });
});

describe('a fetch fails, and says why', () => {
  it('when there is more than may be', async () => {
    const small = { maxBytes: 1000 };
    expect((await problemOf(fetchFrom('/', small))).code).toBe('import-too-large');
    handler = (_request, response) => {
      response.write(CONTENT);
      response.end(CONTENT);
    };
    expect((await problemOf(fetchFrom('/', small))).code).toBe('import-too-large');
    expect((await file.stat()).size).toBeLessThanOrEqual(1000);
  });

  it('when the disk has no room for it', async () => {
    const space = await new SpaceLedger(
      directory,
      () => 0,
      async () => 1_000_000,
    ).reserve(0);
    expect((await problemOf(fetchFrom('/', { space }))).code).toBe('disk-full');
    expect((await file.stat()).size).toBe(0);
  });

  it('when the connection ends too early', async () => {
    handler = (_request, response) => {
      response.setHeader('content-length', CONTENT.length);
      response.write(CONTENT.subarray(0, 1000), () => response.destroy());
    };
    expect((await problemOf(fetchFrom())).code).toBe('import-cut-off');
  });

  it('when nothing comes any more', async () => {
    handler = (_request, response) => void response.write('a');
    expect((await problemOf(fetchFrom('/', { idleMs: 50 }))).code).toBe('import-timeout');
    handler = () => {};
    expect((await problemOf(fetchFrom('/', { idleMs: 50 }))).code).toBe('import-timeout');
  });

  it('when the server has something else to say', async () => {
    handler = (_request, response) => response.writeHead(404).end();
    const problem = await problemOf(fetchFrom());
    expect(problem).toMatchObject({ code: 'import-refused', status: 502 });
    expect(problem.detail).toContain('404');
    handler = (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(CONTENT));
    expect((await problemOf(fetchFrom())).code).toBe('import-encoded');
  });

  it('when nobody is there', async () => {
    const closed = createSocketServer();
    await new Promise<void>((resolve) => {
      closed.listen(0, '127.0.0.1', resolve);
    });
    const { port: free } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const problem = await problemOf(fetchFrom(`http://127.0.0.1:${free}/`));
    expect(problem).toMatchObject({ code: 'import-no-connection' });
    expect(problem.detail).toContain('takes no connection');
  });

  it('at once when it is given up, also in the middle', async () => {
    const abort = new AbortController();
    handler = (_request, response) => {
      response.write(CONTENT.subarray(0, 1000));
      setTimeout(() => abort.abort(new Error('given up')), 20);
    };
    await expect(fetchFrom('/', { signal: abort.signal })).rejects.toThrow('given up');
  });
});

describe('nothing is fetched from', () => {
  const STRICT = { allowPrivate: false };
  const refusal = async (url: string, more: Partial<DownloadOptions> = {}) =>
    (await problemOf(fetchFrom(url, { policy: STRICT, ...more }))).code;

  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://0x7f000001/',
    'http://2130706433/',
    'http://0.0.0.0/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[::127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://192.168.1.1/',
    'http://[fe80::1]/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
  ])('%s', async (url) => {
    expect(await refusal(url)).toBe('import-address-refused');
  });

  it.each([
    'ftp://example.org/a',
    'file:///etc/passwd',
    'gopher://example.org/',
    'javascript:alert(1)',
    'http://user:secret@example.org/',
    'not an address',
  ])('%s', async (url) => {
    expect((await problemOf((async () => checkUrl(url))())).code).toBe('import-url-refused');
  });

  it('a name that leads to this host', async () => {
    expect(await refusal('http://localhost/')).toBe('import-address-refused');
    const resolve = async () => [{ address: '10.0.0.5', family: 4 }];
    expect(await refusal('http://nas.example/', { resolve })).toBe('import-address-refused');
  });

  it('where a redirect leads to, when that is forbidden', async () => {
    for (const location of [
      'http://169.254.169.254/',
      'http://[::ffff:10.0.0.1]/',
      '//192.168.0.1/x',
    ]) {
      handler = redirectTo(location);
      expect((await problemOf(fetchFrom())).code).toBe('import-address-refused');
    }
    handler = redirectTo('file:///etc/passwd');
    expect((await problemOf(fetchFrom())).code).toBe('import-url-refused');
    expect(requests).toHaveLength(4);
  });

  it('what a name leads to later: it is looked up once, and that address is connected to', async () => {
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      // The second answer would lead elsewhere.
      return [{ address: asked === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }];
    };
    await fetchFrom(`http://rebinding.example:${port()}/`, { resolve });
    expect(asked).toBe(1);
    expect(requests).toEqual([`rebinding.example:${port()} /`]);
  });

  it('the forbidden ones of several addresses', async () => {
    const addresses = [
      { address: '169.254.169.254', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    const resolve = async () => addresses;
    await fetchFrom(`http://mixed.example:${port()}/`, { resolve });
    expect(requests).toHaveLength(1);
  });
});

describe('the kind of an address', () => {
  it.each([
    ['8.8.8.8', 'public'],
    ['172.15.255.255', 'public'],
    ['172.16.0.0', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['100.64.0.1', 'private'],
    ['100.100.100.200', 'special'],
    ['198.19.0.1', 'special'],
    ['127.255.255.255', 'loopback'],
    ['2606:4700::1111', 'public'],
    ['::ffff:8.8.8.8', 'public'],
    ['64:ff9b::8.8.8.8', 'public'],
    ['64:ff9b::10.0.0.1', 'private'],
    ['64:ff9b:1:7f00:0:100:808:808', 'special'],
    ['2002:0a00:0001::', 'private'],
    ['fd12::1', 'private'],
    ['fe80::1%eth0', 'special'],
    ['fec0::1', 'special'],
    ['ff02::1', 'special'],
    ['2001::1', 'special'],
    ['4000::1', 'special'],
    ['no address', 'special'],
    ['', 'special'],
  ] as const)('%s is %s', (address, kind) => {
    expect(kindOfAddress(address, [])).toBe(kind);
  });

  it('of this host itself is loopback, whatever network it is in', () => {
    const own = ['8.8.4.4', '2606:4700::1'];
    expect(kindOfAddress('8.8.4.4', own)).toBe('loopback');
    expect(kindOfAddress('::ffff:8.8.4.4', own)).toBe('loopback');
    expect(kindOfAddress('2606:4700:0::1', own)).toBe('loopback');
    expect(kindOfAddress('8.8.8.8', own)).toBe('public');
  });

  it('in a private network is allowed when the setting says so, and metadata never is', () => {
    const policy = { allowPrivate: true };
    expect(mayConnect('192.168.1.10', policy, [])).toBe(true);
    expect(mayConnect('fd12::1', policy, [])).toBe(true);
    for (const never of [
      'fd00:ec2::254',
      '168.63.129.16',
      '100.100.100.200',
      '169.254.1.1',
      '127.0.0.1',
      '::1',
    ]) {
      expect(mayConnect(never, policy, [])).toBe(false);
    }
    expect(mayConnect('192.168.1.10', { allowPrivate: false }, [])).toBe(false);
  });
});
