# Says that it is there and sleeps for ever: the idle machine.
        .include "guest.inc"
        .globl  start
start:  PUTC    '!'
        cli
1:      hlt
        jmp     1b
