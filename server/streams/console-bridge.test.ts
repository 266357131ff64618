import { describe, expect, it } from 'vitest';
import type { VmState } from '../api/vms';
import type { ConsoleSink } from '../host/agent';
import { FakeConsole } from '../host/testing/fake-console';
import { silentLog } from '../log/log';
import { eventually } from '../testing/eventually';
import { ConsoleBridge, WINDOW_BYTES } from './console-bridge';

function bridged(options: { offset?: number; epoch?: string; write?: boolean } = {}) {
  const sent: unknown[] = [];
  const opened: { connection: FakeConsole; offset: number }[] = [];
  const plan: FakeConsole[] = [];
  let state: VmState | undefined = 'running';
  let changed: (() => void) | undefined;
  const input = { paused: false };
  const bridge = new ConsoleBridge(
    {
      sendBytes: (bytes) => sent.push(Buffer.from(bytes).toString()),
      sendMessage: (message) => sent.push(message),
      pauseInput: () => {
        input.paused = true;
      },
      resumeInput: () => {
        input.paused = false;
      },
      close: (code) => sent.push(code),
    },
    {
      open: async (offset) => {
        const connection = plan.shift();
        if (connection === undefined) throw new Error('no more connections');
        opened.push({ connection, offset });
        return connection;
      },
      state: () => state,
      changed: () =>
        new Promise<void>((resolve) => {
          changed = resolve;
        }),
    },
    {
      offset: options.offset ?? 0,
      epoch: options.epoch,
      control: {
        types: () => options.write ?? true,
        take: () => sent.push('take'),
        release: () => sent.push('release'),
      },
      log: silentLog,
    },
  );
  return {
    bridge,
    sent,
    opened,
    plan,
    input,
    setState: (next: VmState | undefined) => {
      state = next;
      changed?.();
    },
  };
}

const listening = (connection: FakeConsole) =>
  eventually(() => {
    expect(connection.sink).toBeDefined();
    return connection.sink as ConsoleSink;
  });

describe('the console bridge', () => {
  it('carries bytes both ways, then says how the run ended', async () => {
    const of = bridged();
    const live = new FakeConsole('e1', true);
    const kept = new FakeConsole('e1', false);
    of.plan.push(live, kept);
    const run = of.bridge.run();
    (await listening(live)).offset(0);
    live.print('hello');
    of.bridge.input(Buffer.from('ls\r'));
    expect(live.typed).toEqual(['ls\r']);
    of.setState('crashed');
    live.sink?.ended();
    const sink = await listening(kept);
    expect(of.opened[1]?.offset).toBe(5);
    sink.offset(5);
    kept.print(' and the last words');
    sink.ended();
    await run;
    expect(of.sent).toEqual([
      { type: 'offset', epoch: 'e1', offset: 0 },
      'hello',
      ' and the last words',
      { type: 'ended', state: 'crashed' },
      1000,
    ]);
  });

  it('stops reading for a viewer that does not acknowledge, and goes on when it does', async () => {
    const of = bridged();
    const live = new FakeConsole('e1', true);
    of.plan.push(live);
    void of.bridge.run();
    (await listening(live)).offset(0);
    live.print('x'.repeat(WINDOW_BYTES));
    expect(live.paused).toBe(true);
    of.bridge.message(JSON.stringify({ type: 'ack', offset: 1024 }));
    expect(live.paused).toBe(false);
    live.print('x'.repeat(1024));
    expect(live.paused).toBe(true);
    live.sink?.skipped(5000, WINDOW_BYTES + 6024);
    expect(of.sent.at(-1)).toEqual({ type: 'skipped', bytes: 5000, offset: WINDOW_BYTES + 6024 });
    // More than was sent cannot be acknowledged.
    of.bridge.message(JSON.stringify({ type: 'ack', offset: 1e12 }));
    live.print('x'.repeat(WINDOW_BYTES));
    expect(live.paused).toBe(true);
    of.bridge.stop();
  });

  it('holds the keyboard back while the guest does not read', async () => {
    const of = bridged();
    const live = new FakeConsole('e1', true);
    of.plan.push(live);
    void of.bridge.run();
    const sink = await listening(live);
    live.full = true;
    of.bridge.input(Buffer.from('much'));
    expect(of.input.paused).toBe(true);
    sink.drained();
    expect(of.input.paused).toBe(false);
    of.bridge.stop();
    expect(live.closed).toBe(true);
  });

  it('passes on that the viewer wants control, or no more', async () => {
    const of = bridged();
    of.plan.push(new FakeConsole('e1', true));
    void of.bridge.run();
    of.bridge.message(JSON.stringify({ type: 'control', take: true }));
    of.bridge.message(JSON.stringify({ type: 'control', take: false }));
    expect(of.sent).toEqual(['take', 'release']);
    of.bridge.stop();
  });

  it('takes nothing typed from a viewer without control', async () => {
    const of = bridged({ write: false });
    const live = new FakeConsole('e1', true);
    of.plan.push(live);
    void of.bridge.run();
    await listening(live);
    of.bridge.input(Buffer.from('rm\r'));
    expect(live.typed).toEqual([]);
    of.bridge.stop();
  });

  it('waits for a machine that starts', async () => {
    const of = bridged();
    const old = new FakeConsole('e1', false);
    const live = new FakeConsole('e2', true);
    of.plan.push(old, live);
    of.setState('starting');
    void of.bridge.run();
    await eventually(() => expect(old.closed).toBe(true));
    expect(of.sent).toEqual([]);
    of.setState('running');
    (await listening(live)).offset(0);
    live.print('boot');
    expect(of.sent).toEqual([{ type: 'offset', epoch: 'e2', offset: 0 }, 'boot']);
    of.bridge.stop();
  });

  it('begins again for a viewer that holds bytes of another run', async () => {
    const of = bridged({ offset: 900, epoch: 'e1' });
    const first = new FakeConsole('e2', true);
    const second = new FakeConsole('e2', true);
    of.plan.push(first, second);
    void of.bridge.run();
    await listening(second);
    expect(of.opened.map(({ offset }) => offset)).toEqual([900, 0]);
    expect(first.closed).toBe(true);
    of.bridge.stop();
  });

  it('cuts a viewer off that does not speak the protocol', async () => {
    const of = bridged();
    of.plan.push(new FakeConsole('e1', true));
    void of.bridge.run();
    of.bridge.message('{"type":');
    expect(of.sent).toEqual([1008]);
  });

  it('ends when the machine is deleted', async () => {
    const of = bridged();
    of.setState(undefined);
    await of.bridge.run();
    expect(of.sent).toEqual([{ type: 'ended', state: 'stopped' }, 1000]);
  });
});
