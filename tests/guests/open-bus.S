# Reads ports and memory that nobody answers: ends with code 0 when all are ones.
        .include "guest.inc"
        .globl  start
start:  mov     $0x5678, %dx
        in      %dx, %eax
        cmp     $0xffffffff, %eax
        jne     1f
        mov     0xd0000000, %eax
        cmp     $0xffffffff, %eax
        jne     1f
        movl    $0, 0xd0000000
        EXIT    0
1:      EXIT    1
