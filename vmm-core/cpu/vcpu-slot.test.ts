import { describe, expect, it } from 'vitest';
import { COMMAND_LEAVE, COMMAND_RUN, createVcpuSlot, EXIT_COUNTERS, VcpuSlot } from './vcpu-slot';

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

  it('answers nothing that was not asked', () => {
    const slot = new VcpuSlot(createVcpuSlot());
    slot.answer(() => {
      throw new Error('was asked');
    });
  });
});
