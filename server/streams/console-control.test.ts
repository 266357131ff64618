import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConsolePeople } from '../api/console';
import { ConsoleControl, HOLD_MS } from './console-control';

let control: ConsoleControl;
beforeEach(() => {
  vi.useFakeTimers();
  control = new ConsoleControl();
});
afterEach(() => {
  vi.useRealTimers();
});

function come(name: string, options: { mayWrite?: boolean; client?: string; vm?: string } = {}) {
  const { mayWrite = true, client = name, vm = 'vm' } = options;
  let seen: ConsolePeople | undefined;
  let times = 0;
  const seat = control.join(
    vm,
    { name, userId: name, client, mayWrite, tell: (people) => (seen = people) },
    () => (times += 1),
  );
  const nameOf = (id: string | null) => seen?.viewers.find((viewer) => viewer.id === id)?.name;
  return {
    seat,
    /** Who has control, as this one sees it. */
    writer: () => nameOf(seen?.writer ?? null) ?? null,
    you: () => nameOf(seen?.you ?? null),
    others: () => seen?.viewers.map((viewer) => viewer.name),
    timesInControl: () => times,
  };
}

describe('control of a console', () => {
  it('goes to the first who may write, and everybody sees it', () => {
    const viewer = come('vera', { mayWrite: false });
    expect(viewer.writer()).toBeNull();
    const ada = come('ada');
    const ben = come('ben');
    expect([viewer, ada, ben].map((who) => who.writer())).toEqual(['ada', 'ada', 'ada']);
    expect(viewer.others()).toEqual(['vera', 'ada', 'ben']);
    expect(ben.you()).toBe('ben');
    expect(ada.seat.types()).toBe(true);
    expect(ben.seat.types()).toBe(false);
    expect(come('cleo', { vm: 'another' }).writer()).toBe('cleo');
  });

  it('can be taken and given back', () => {
    const ada = come('ada');
    const ben = come('ben');
    ben.seat.take();
    expect(ada.writer()).toBe('ben');
    expect(ada.seat.types()).toBe(false);
    ada.seat.release();
    expect(ada.writer()).toBe('ben');
    ben.seat.release();
    expect(ada.writer()).toBeNull();
    expect([ada.timesInControl(), ben.timesInControl()]).toEqual([1, 1]);
  });

  it('goes to who types where nobody has it', () => {
    const ada = come('ada');
    const ben = come('ben');
    ada.seat.release();
    expect(ben.seat.types()).toBe(true);
    expect(ada.writer()).toBe('ben');
  });

  it('is never for who may only watch', () => {
    const viewer = come('vera', { mayWrite: false });
    viewer.seat.take();
    expect(viewer.seat.types()).toBe(false);
    expect(viewer.writer()).toBeNull();
    expect(viewer.timesInControl()).toBe(0);
  });

  it('waits a while for a writer whose connection broke', () => {
    const ada = come('ada');
    const ben = come('ben');
    ada.seat.leave();
    expect(ben.writer()).toBeNull();
    expect(ben.seat.types()).toBe(false);
    vi.advanceTimersByTime(HOLD_MS - 1);
    const again = come('ada');
    expect(ben.writer()).toBe('ada');
    expect(again.timesInControl()).toBe(0);
    vi.advanceTimersByTime(HOLD_MS);
    expect(ben.seat.types()).toBe(false);
  });

  it('does not wait for ever, nor for anybody else of that name', () => {
    const ada = come('ada');
    const ben = come('ben');
    ada.seat.leave();
    expect(come('ada', { client: 'another page' }).seat.types()).toBe(false);
    vi.advanceTimersByTime(HOLD_MS);
    expect(ben.seat.types()).toBe(true);
  });

  it('can be taken while it waits', () => {
    const ada = come('ada');
    const ben = come('ben');
    ada.seat.leave();
    ben.seat.take();
    come('ada');
    expect(ben.writer()).toBe('ben');
  });
});
