import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithTap, TestNamespace } from '../../vmm-core/net/testing/namespace';
import { describeWithKvm } from '../support/kvm';
import { Linux } from '../support/linux';

const MiB = 2 ** 20;
const HOST = '10.7.0.1';
const GUEST = '10.7.0.2';
const PORT = 7000;
const TRANSFER = 64 * MiB;
const TRANSFER_MS = 240_000;
/** Of which one frame in a hundred is lost. */
const LOSSY_TRANSFER = 16 * MiB;
/** The largest packet a tap takes: without segmentation offload a guest's kernel handles each. */
const LARGEST_MTU = 65_521;

let namespace: TestNamespace;
let linux: Linux;

/** A guest, a tap, and a namespace around them. */
async function start(offloads: boolean, mtu: number): Promise<void> {
  namespace = TestNamespace.enter();
  namespace.ip('tuntap add tap0 mode tap');
  namespace.ip(`address add ${HOST}/24 dev tap0`);
  namespace.ip(`link set tap0 up mtu ${mtu}`);
  const mac = '02:00:00:00:00:01';
  linux = await Linux.start({
    memoryMiB: 256,
    config: {
      nics: [{ id: 'net0', tap: 'tap0', mac, mtu, queuePairs: 1, offloads, linkUp: true }],
    },
  });
  await linux.untilPrompt();
  // There is no DHCP server here: what waits for one is in the way.
  await linux.run('while ! killall udhcpc; do sleep 0.2; done');
  await linux.run(`ifconfig eth0 ${GUEST} netmask 255.255.255.0 mtu ${mtu} up`);
}

function end(): void {
  linux.remove();
  namespace.leave();
}

/** Takes one connection. */
function serveOnce(serve: (socket: net.Socket) => void): Promise<void> {
  return new Promise((resolve) => {
    const server = net.createServer((socket) => {
      server.close();
      serve(socket);
    });
    server.listen(PORT, HOST, resolve);
  });
}

/** Every hundredth frame each way goes nowhere. */
function loseFrames(): void {
  const chain = (hook: string): string =>
    `chain ${hook} {
      type filter hook ${hook} device tap0 priority 0
      numgen inc mod 100 == 50 counter drop
    }`;
  namespace.nft(`table netdev loss {\n${chain('ingress')}\n${chain('egress')}\n}`);
}

/** Frames of the host, and of the guest, that were lost. */
function lostFrames(): number[] {
  return [...namespace.nft('list ruleset').matchAll(/counter packets (\d+)/g)].map(([, count]) =>
    Number(count),
  );
}

async function sendsToGuest(bytes: number): Promise<void> {
  const data = randomBytes(bytes);
  await serveOnce((socket) => void socket.end(data));
  const said = await linux.run(`/tests/tcp get ${HOST} ${PORT}`, TRANSFER_MS);
  expect(said).toBe(`${bytes} ${crc32(data).toString(16)}`);
}

async function receivesFromGuest(bytes: number): Promise<void> {
  let crc = 0;
  let length = 0;
  await serveOnce((socket) => {
    socket.on('data', (chunk: Buffer) => {
      crc = crc32(chunk, crc);
      length += chunk.length;
    });
  });
  const said = await linux.run(`/tests/tcp put ${HOST} ${PORT} ${bytes}`, TRANSFER_MS);
  await expect.poll(() => length, { timeout: 10_000 }).toBe(bytes);
  expect(said).toBe(`${length} ${crc.toString(16)}`);
}

describeWithKvm('a guest on a network', () => {
  describeWithTap('with checksum and segmentation offloads', () => {
    beforeAll(() => start(true, 1500));
    afterAll(end);

    it('is reached by ping', async () => {
      expect(await linux.run(`ping -c 3 ${HOST}`)).toContain('3 packets received');
    });

    it('has its interrupts by MSI-X', async () => {
      expect(await linux.run('cat /proc/interrupts')).toMatch(/PCI-MSI.*virtio0-input/);
    });

    it('gets 64 MiB whole', () => sendsToGuest(TRANSFER), TRANSFER_MS);
    it('sends 64 MiB whole', () => receivesFromGuest(TRANSFER), TRANSFER_MS);

    it('had many bytes in few frames, and broke nothing', async () => {
      const [device] = (await linux.client.metrics()).devices;
      expect(device).toMatchObject({ name: 'net0', active: true, faults: 0 });
      const { txBytes = 0, txPackets = 1 } = device?.counters ?? {};
      expect(txBytes / txPackets).toBeGreaterThan(3000);
    });

    it('loses its link and gets it back', async () => {
      await linux.client.changeDevice('net0', { linkUp: false });
      expect(await linux.run('sleep 0.5; cat /sys/class/net/eth0/carrier')).toBe('0');
      expect(await linux.run(`ping -c 1 -W 1 ${HOST}`)).toContain('100% packet loss');
      await linux.client.changeDevice('net0', { linkUp: true });
      expect(await linux.run(`sleep 0.5; ping -c 3 ${HOST}`)).toContain('3 packets received');
    });
  });

  describeWithTap('that loses one frame in a hundred', () => {
    beforeAll(async () => {
      await start(true, 1500);
      loseFrames();
    });
    afterAll(end);

    it('gets all of 16 MiB', () => sendsToGuest(LOSSY_TRANSFER), TRANSFER_MS);
    it('sends all of 16 MiB', () => receivesFromGuest(LOSSY_TRANSFER), TRANSFER_MS);

    it('lost some both ways', () => {
      expect(lostFrames().map((frames) => frames > 0)).toEqual([true, true]);
    });
  });

  describeWithTap('without offloads', () => {
    beforeAll(() => start(false, LARGEST_MTU));
    afterAll(end);

    it('gets 64 MiB whole', () => sendsToGuest(TRANSFER), TRANSFER_MS);
    it('sends 64 MiB whole', () => receivesFromGuest(TRANSFER), TRANSFER_MS);
  });
});
