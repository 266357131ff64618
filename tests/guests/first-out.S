# The shortest life: its first instruction that leaves the guest is a write of '!' to the serial
# port, then it sleeps.
        .include "guest.inc"
        .globl  start
start:  mov     $COM1, %dx
        mov     $'!', %al
        out     %al, %dx
1:      hlt
        jmp     1b
