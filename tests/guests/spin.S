# Says that it is there and never leaves the guest again by itself.
        .include "guest.inc"
        .globl  start
start:  PUTC    '!'
1:      jmp     1b
