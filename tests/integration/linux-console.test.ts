import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithKvm } from '../support/kvm';
import { Linux } from '../support/linux';

const PORT = 'org.example.agent';

describeWithKvm('a virtio console', () => {
  let directory: string;
  let linux: Linux;
  beforeAll(async () => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'vd-console-'));
    const ports = [{ name: PORT, path: path.join(directory, 'agent') }];
    linux = await Linux.start({
      config: { console: { id: 'console0', path: path.join(directory, 'console'), ports } },
    });
    await linux.untilPrompt();
  });
  afterAll(() => {
    linux.remove();
    fs.rmSync(directory, { recursive: true, force: true });
  });

  const connect = (name: string): { socket: net.Socket; text: () => string } => {
    const socket = net.connect(path.join(directory, name));
    let text = '';
    socket.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
    return { socket, text: () => text };
  };

  it('is a terminal of the guest, both ways', async () => {
    const { socket, text } = connect('console');
    await linux.run('echo greetings >/dev/hvc0');
    await expect.poll(text).toContain('greetings');
    await linux.client.sendInput('head -n 1 </dev/hvc0\n');
    socket.write('typed on the host\n');
    await expect
      .poll(() => linux.console(), { timeout: 20_000 })
      .toContain('\r\ntyped on the host\r\n');
    socket.destroy();
    await linux.untilPrompt();
  });

  it('has the size that the host says, and another one when it changes', async () => {
    // Linux 6.1 takes the columns of a resize message for its rows: equal sides say it either way.
    await linux.client.changeDevice('console0', { size: { cols: 100, rows: 100 } });
    expect(await linux.run('sleep 1; /tests/winsize /dev/hvc0')).toBe('100x100');
    await linux.client.changeDevice('console0', { size: { cols: 61, rows: 61 } });
    expect(await linux.run('sleep 1; /tests/winsize /dev/hvc0')).toBe('61x61');
  });

  it('has ports by name, for programs of host and guest', async () => {
    const where = '/sys/class/virtio-ports/vport*p1/name';
    expect(await linux.run(`cat ${where}`)).toBe(PORT);
    const { socket, text } = connect('agent');
    await linux.run('P=/dev/$(basename /sys/class/virtio-ports/vport*p1)');
    await linux.run('echo ping >$P');
    await expect.poll(text).toBe('ping\n');
    socket.write('pong\n');
    expect(await linux.run('head -n 1 <$P')).toBe('pong');
    socket.destroy();
  });
});
