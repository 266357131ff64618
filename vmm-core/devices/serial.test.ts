import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSerialState, Serial } from './serial';

const DATA = 0;
const IER = 1;
const IIR = 2;
const FCR = 2;
const LCR = 3;
const MCR = 4;
const LSR = 5;
const MSR = 6;
const SCR = 7;

describe('the 16550', () => {
  let sent: number[];
  let line: boolean;
  let edges: number;
  let uart: Serial;
  const write = (register: number, value: number): void => uart.write(register, 1, value);
  const receive = (text: string): number => uart.receive(Buffer.from(text));
  const receiveAll = (): string => {
    let text = '';
    while ((uart.read(LSR) & 1) !== 0) text += String.fromCharCode(uart.read(DATA));
    return text;
  };

  beforeEach(() => {
    sent = [];
    line = false;
    edges = 0;
    uart = new Serial(createSerialState(), {
      transmit: (byte) => sent.push(byte),
      setInterrupt: (level) => {
        line = level;
        edges++;
      },
    });
    uart.reset();
    write(MCR, 0x08);
  });

  it('comes out of reset with an empty transmitter and no interrupt', () => {
    expect(uart.read(LSR)).toBe(0x60);
    expect(uart.read(IIR)).toBe(0x01);
    expect(uart.read(MSR) & 0xf0).toBe(0xb0);
  });

  it('sends a byte at once', () => {
    write(DATA, 0x41);
    expect(sent).toEqual([0x41]);
    expect(uart.read(LSR)).toBe(0x60);
  });

  it('keeps the scratch register', () => {
    write(SCR, 0xa5);
    expect(uart.read(SCR)).toBe(0xa5);
  });

  it('shows the divisor where the data is while the latch bit is set', () => {
    write(LCR, 0x83);
    write(DATA, 0x34);
    write(IER, 0x12);
    expect([uart.read(DATA), uart.read(IER)]).toEqual([0x34, 0x12]);
    write(LCR, 0x03);
    expect(sent).toEqual([]);
    expect(uart.read(IER)).toBe(0);
  });

  it('has no bits but four in the interrupt enable register', () => {
    write(IER, 0xff);
    expect(uart.read(IER)).toBe(0x0f);
  });

  describe('the transmitter interrupt', () => {
    it('is raised by enabling it while the transmitter is empty', () => {
      write(IER, 0x02);
      expect(line).toBe(true);
      expect(uart.read(IIR)).toBe(0x02);
    });

    it('is acknowledged by reading that it is the cause', () => {
      write(IER, 0x02);
      uart.read(IIR);
      expect(line).toBe(false);
      expect(uart.read(IIR)).toBe(0x01);
    });

    it('comes again after each byte', () => {
      write(IER, 0x02);
      uart.read(IIR);
      write(DATA, 0x41);
      expect(uart.read(IIR)).toBe(0x02);
    });

    it('is not acknowledged by reading another cause', () => {
      write(IER, 0x03);
      receive('x');
      expect(uart.read(IIR)).toBe(0x04);
      uart.read(DATA);
      expect(uart.read(IIR)).toBe(0x02);
    });
  });

  describe('the receiver', () => {
    it('holds one byte without FIFOs and takes the next when it is read', () => {
      receive('ab');
      expect(receiveAll()).toBe('ab');
    });

    it('interrupts with received data and stops when it is taken', () => {
      write(IER, 0x01);
      receive('x');
      expect(line).toBe(true);
      expect(uart.read(IIR)).toBe(0x04);
      uart.read(DATA);
      expect(line).toBe(false);
    });

    it('says FIFOs are on in the upper bits', () => {
      write(FCR, 0x01);
      expect(uart.read(IIR)).toBe(0xc1);
    });

    it.each([
      [0x01, 1],
      [0x41, 4],
      [0x81, 8],
      [0xc1, 14],
    ])('with FCR %i calls %i bytes the trigger level, and fewer a timeout', (fcr, level) => {
      write(FCR, fcr);
      write(IER, 0x01);
      receive('x'.repeat(level));
      expect(uart.read(IIR)).toBe(0xc4);
      uart.read(DATA);
      expect(uart.read(IIR)).toBe(level === 1 ? 0xc1 : 0xcc);
    });

    it('drops its FIFO when told to, and lets more in', () => {
      write(FCR, 0x01);
      receive('0123456789abcdefXY');
      write(FCR, 0x03);
      expect(receiveAll()).toBe('XY');
    });

    it('never overruns by what the host sends', () => {
      write(FCR, 0x01);
      receive('x'.repeat(1000));
      expect(uart.read(LSR) & 0x02).toBe(0);
      expect(receiveAll()).toHaveLength(1000);
    });

    it('takes from the host what it has room for', () => {
      expect(receive('x'.repeat(10_000))).toBe(4096);
    });
  });

  describe('in loopback', () => {
    beforeEach(() => write(MCR, 0x18));

    it('receives what it sends, and nothing goes out', () => {
      write(DATA, 0x55);
      expect(uart.read(DATA)).toBe(0x55);
      expect(sent).toEqual([]);
    });

    it('keeps the host out until it is over', () => {
      receive('host');
      expect(uart.read(LSR) & 1).toBe(0);
      write(MCR, 0x08);
      expect(receiveAll()).toBe('host');
    });

    it('overruns without FIFOs: the last byte stays', () => {
      write(DATA, 1);
      write(DATA, 2);
      expect(uart.read(LSR) & 0x02).toBe(0x02);
      expect(uart.read(LSR) & 0x02).toBe(0);
      expect(uart.read(DATA)).toBe(2);
    });

    it('overruns with FIFOs: the seventeenth byte is lost, and interrupts', () => {
      write(FCR, 0x01);
      write(IER, 0x04);
      for (let i = 0; i < 17; i++) write(DATA, i);
      expect(line).toBe(true);
      expect(uart.read(IIR)).toBe(0xc6);
      expect(uart.read(LSR) & 0x02).toBe(0x02);
      expect(line).toBe(false);
      expect(receiveAll()).toBe(String.fromCharCode(...Array(16).keys()));
    });

    it.each([
      [0x01, 0x20],
      [0x02, 0x10],
      [0x04, 0x40],
      [0x08, 0x80],
    ])('connects modem output %i to input %i', (output, input) => {
      write(MCR, 0x10 | output);
      expect(uart.read(MSR) & 0xf0).toBe(input);
    });

    it('notes what changed until it is read, the ring indicator on its trailing edge', () => {
      uart.read(MSR);
      write(MCR, 0x10 | 0x04);
      expect(uart.read(MSR) & 0x04).toBe(0);
      write(MCR, 0x10);
      expect(uart.read(MSR) & 0x04).toBe(0x04);
      expect(uart.read(MSR) & 0x0f).toBe(0);
    });

    it('interrupts on a change of the modem lines', () => {
      uart.read(MSR);
      write(IER, 0x08);
      expect(line).toBe(false);
      write(MCR, 0x18 | 0x02);
      expect(line).toBe(true);
      expect(uart.read(IIR)).toBe(0x00);
      uart.read(MSR);
      expect(line).toBe(false);
    });
  });

  it('is not connected to the interrupt bus without OUT2', () => {
    write(MCR, 0);
    write(IER, 0x02);
    expect(line).toBe(false);
    write(MCR, 0x08);
    expect(line).toBe(true);
  });

  it('moves the line only when its level changes', () => {
    write(IER, 0x01);
    receive('ab');
    receive('c');
    expect(edges).toBe(1);
  });

  it('serves two handles on one state as one chip', () => {
    const state = createSerialState();
    const wiring = { transmit: (byte: number) => sent.push(byte), setInterrupt: () => undefined };
    const one = new Serial(state, wiring);
    const other = new Serial(state, wiring);
    one.reset();
    one.write(SCR, 1, 7);
    expect(other.read(SCR)).toBe(7);
    other.receive(Buffer.from('z'));
    expect(one.read(DATA)).toBe(0x7a);
  });

  it('survives any traffic, and its line always says whether there is a cause', () => {
    const access = fc.record({
      kind: fc.constantFrom('read', 'write', 'receive'),
      register: fc.nat(7),
      value: fc.nat(255),
    });
    fc.assert(
      fc.property(fc.array(access, { maxLength: 200 }), (accesses) => {
        uart.reset();
        line = false;
        for (const { kind, register, value } of accesses) {
          if (kind === 'read') expect(uart.read(register)).toBeLessThan(256);
          else if (kind === 'write') write(register, value);
          else uart.receive(Uint8Array.of(value));
        }
        write(LCR, 0);
        write(MCR, uart.read(MCR) | 0x08);
        const before = line;
        const cause = uart.read(IIR) & 0x01;
        expect(before).toBe(cause === 0);
      }),
    );
  });
});
