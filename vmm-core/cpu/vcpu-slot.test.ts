import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  COMMAND_LEAVE,
  COMMAND_PAUSE,
  COMMAND_RUN,
  createVcpuSlot,
  EXIT_COUNTERS,
  VcpuSlot,
} from './vcpu-slot';

/** What the other thread does while this one sleeps, one step each time it does. */
function whileAsleep(...steps: (() => void)[]): void {
  vi.spyOn(Atomics, 'wait').mockImplementation(() => {
    const step = steps.shift();
    if (step === undefined) throw new Error('sleeps for ever');
    step();
    return 'ok';
  });
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a vCPU's shared slot", () => {
  it('shows commands and thread to every handle', () => {
    const state = createVcpuSlot();
    const [one, other] = [new VcpuSlot(state), new VcpuSlot(state)];
    expect(one.command).toBe(COMMAND_RUN);
    one.setCommand(COMMAND_LEAVE);
    one.threadId = 4711;
    expect([other.command, other.threadId]).toEqual([COMMAND_LEAVE, 4711]);
  });

  it('counts exits by reason, and those it has no place for in the last', () => {
    const slot = new VcpuSlot(createVcpuSlot());
    slot.countExit(2);
    slot.countExit(2);
    slot.countExit(9999);
    slot.countKick();
    slot.countQuirk('syscall');
    expect([slot.exits(2), slot.exits(EXIT_COUNTERS - 1), slot.kicks]).toEqual([2, 1, 1]);
    expect([slot.quirkCount('syscall'), slot.quirkCount('instruction')]).toEqual([1, 0]);
  });

  it('hands a read over and brings the answer back, whole 32 bits of it', () => {
    const slot = new VcpuSlot(createVcpuSlot());
    const answer = slot.askRead(true, 0x1_e000_0004, 4, () =>
      slot.answer((access) => {
        expect(access).toEqual({
          isMemory: true,
          address: 0x1_e000_0004,
          size: 4,
          isWrite: false,
          value: 0,
        });
        return 0x8000_0001;
      }),
    );
    expect(answer).toBe(0x8000_0001);
  });

  it('hands a write over', () => {
    const slot = new VcpuSlot(createVcpuSlot());
    expect.assertions(1);
    slot.askWrite(false, 0x70, 4, 0xffff_fffe, () =>
      slot.answer(({ isMemory, address, size, isWrite, value }) => {
        expect([isMemory, address, size, isWrite, value]).toEqual([
          false,
          0x70,
          4,
          true,
          0xffff_fffe,
        ]);
        return 0;
      }),
    );
  });

  it('goes on sleeping when it is woken without an answer', () => {
    const slot = new VcpuSlot(createVcpuSlot());
    whileAsleep(
      () => undefined,
      () => slot.answer(() => 42),
    );
    expect(slot.askRead(false, 0x71, 1, () => undefined)).toBe(42);
  });

  it('tells of each pause once, also of one that comes before the end of another was seen', () => {
    const slot = new VcpuSlot(createVcpuSlot());
    const onPaused = vi.fn();
    slot.waitWhilePaused(onPaused);
    expect(onPaused).not.toHaveBeenCalled();

    slot.setCommand(COMMAND_PAUSE);
    whileAsleep(
      () => undefined,
      () => {
        slot.setCommand(COMMAND_RUN);
        slot.setCommand(COMMAND_PAUSE);
      },
      () => slot.setCommand(COMMAND_RUN),
    );
    slot.waitWhilePaused(onPaused);
    expect(onPaused).toHaveBeenCalledTimes(2);
  });

  it('answers nothing that was not asked', () => {
    const slot = new VcpuSlot(createVcpuSlot());
    slot.answer(() => {
      throw new Error('was asked');
    });
  });
});
