import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuestRam } from '../../memory/guest-memory';
import { ConsolePort } from './console-port';
import { type PortSocket, servePort, serveTerminal } from './console-sockets';
import { TestDriver } from './testing/driver';

const KiB = 1024;
const MiB = 2 ** 20;

let directory: string;
let place: string;
let ram: GuestRam;
let receive: TestDriver;
let transmit: TestDriver;
let port: ConsolePort;
let served: PortSocket;
let programs: Program[];

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'vd-console-'));
  place = path.join(directory, 'port');
  ram = new GuestRam(16 * MiB);
  receive = new TestDriver(64, {}, ram, 0);
  transmit = new TestDriver(64, {}, ram, 4 * MiB);
  programs = [];
});
afterEach(async () => {
  for (const { socket } of programs) socket.destroy();
  await served.close();
  port.disconnect();
  ram.release();
  fs.rmSync(directory, { recursive: true, force: true });
});

/** A program of the host at the other end of the socket. */
class Program {
  text = '';
  isEnded = false;
  readonly socket = net.connect({ path: place, allowHalfOpen: true });

  constructor() {
    programs.push(this);
    this.socket.setEncoding('latin1').on('data', (text: string) => {
      this.text += text;
    });
    this.socket.on('end', () => {
      this.isEnded = true;
    });
    this.socket.on('error', () => {});
  }
}

function serve(name: string | undefined): void {
  port = new ConsolePort(name === undefined ? 0 : 1, name, () => {});
  port.connect(ram.memory, receive.queue, transmit.queue);
  port.setGuestOpen(true);
  served = name === undefined ? serveTerminal(port, place) : servePort(port, place);
}

async function connect(): Promise<Program> {
  const program = new Program();
  await new Promise((resolve) => program.socket.once('connect', resolve));
  // Its connection has been accepted, too.
  await sleep(20);
  return program;
}

function print(data: string): void {
  transmit.send({ data });
  port.notifyTransmit();
}

/** What the guest has got, after giving buffers for so many bytes. */
function typed(space: number): string {
  receive.send({ space });
  port.notifyReceive();
  const used = receive.takeUsed();
  return used
    .map(({ head, written }) => receive.bytesOf(head, 0).subarray(0, written).toString())
    .join('');
}

describe('the socket of the console', () => {
  beforeEach(() => serve(undefined));

  it('shows everybody who is there what the guest prints', async () => {
    print('to nobody');
    const viewers = [await connect(), await connect()];
    print('login: ');
    for (const viewer of viewers) await expect.poll(() => viewer.text).toBe('login: ');
  });

  it('takes what anybody types', async () => {
    const [one, other] = [await connect(), await connect()];
    one.socket.write('ro');
    await expect.poll(() => typed(16)).toBe('ro');
    other.socket.write('ot\n');
    await expect.poll(() => typed(16)).toBe('ot\n');
  });

  it('sends away a viewer that does not read, and keeps the guest going', async () => {
    const idle = await connect();
    idle.socket.pause();
    const reading = await connect();
    const piece = 'x'.repeat(64 * KiB);
    for (let i = 0; i < 40; i++) {
      print(piece);
      expect(transmit.takeUsed()).toHaveLength(1);
      await sleep(1);
    }
    await expect.poll(() => reading.text.length).toBe(40 * piece.length);
    idle.socket.resume();
    await expect.poll(() => idle.isEnded).toBe(true);
    expect(idle.text.length).toBeLessThan(40 * piece.length);
  });

  it('loses nothing of a paste that is larger than the guest has room for', async () => {
    const viewer = await connect();
    const paste = Array.from({ length: 40 * KiB }, (_, i) => `${i},`).join('');
    viewer.socket.write(paste);
    let got = '';
    await expect
      .poll(() => {
        got += typed(16 * KiB);
        return got.length;
      })
      .toBe(paste.length);
    expect(got).toBe(paste);
  });

  it('is the owner’s alone, and its file goes with it', async () => {
    expect(fs.statSync(place).mode & 0o777).toBe(0o600);
    await served.close();
    expect(fs.existsSync(place)).toBe(false);
  });
});

describe('the socket of a port', () => {
  beforeEach(() => serve('org.example.agent'));

  it('tells the guest whether somebody is there', async () => {
    expect(port.isHostOpen).toBe(false);
    const program = await connect();
    expect(port.isHostOpen).toBe(true);
    program.socket.destroy();
    await expect.poll(() => port.isHostOpen).toBe(false);
  });

  it('is for one program at a time', async () => {
    const first = await connect();
    const second = new Program();
    await expect.poll(() => second.isEnded).toBe(true);
    print('hello');
    await expect.poll(() => first.text).toBe('hello');
    first.socket.destroy();
    await expect.poll(() => port.isHostOpen).toBe(false);
    await connect();
    expect(port.isHostOpen).toBe(true);
  });

  it('makes the guest wait for a program that does not read, and loses nothing', async () => {
    const program = await connect();
    program.socket.pause();
    const piece = 'y'.repeat(64 * KiB);
    let done = 0;
    for (let i = 0; i < 40; i++) {
      print(piece);
      done += transmit.takeUsed().length;
      await sleep(1);
    }
    expect(done).toBeLessThan(40);
    program.socket.resume();
    await expect
      .poll(() => {
        done += transmit.takeUsed().length;
        return done;
      })
      .toBe(40);
    await expect.poll(() => program.text.length).toBe(40 * piece.length);
  });

  it('lets the guest go on when the program that did not read has gone', async () => {
    const program = await connect();
    program.socket.pause();
    const piece = 'z'.repeat(64 * KiB);
    for (let i = 0; i < 40; i++) print(piece);
    const before = transmit.takeUsed().length;
    expect(before).toBeLessThan(40);
    program.socket.destroy();
    let done = before;
    await expect
      .poll(() => {
        done += transmit.takeUsed().length;
        return done;
      })
      .toBe(40);
  });

  it('carries what was sent before the program hung up', async () => {
    const program = await connect();
    program.socket.end('last words');
    await expect.poll(() => typed(64)).toBe('last words');
    await expect.poll(() => port.isHostOpen).toBe(false);
  });
});
