# Starts the other processors; each prints a plus and counts itself. Ends with how many there are,
# itself included, once half a second has brought no new one.
        .include "guest.inc"
        .include "smp.inc"
        .globl  start
start:  LONG_MODE main

        .code64
main:   mov     $kernel_stack_top, %rsp
        MAP_LAPIC
        LAPIC_ON
        MASK_PICS
        lock incl seen
        PUTC    '+'
        START_APS
1:      mov     seen, %ebx
        DELAY   500*MS
        cmp     seen, %ebx
        jne     1b
        mov     %ebx, %eax
        mov     $DEBUG_EXIT, %dx
        out     %eax, %dx
2:      hlt
        jmp     2b

ap_main:
        PUTC    '+'
        lock incl seen
1:      cli
        hlt
        jmp     1b

        .section .bss
        .balign 4
seen:   .skip   4
