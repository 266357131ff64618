# Prints a dot for each interrupt of the PIT, 60 a second, by way of the PIC: edges, each of which
# has to be acknowledged before the next comes. In between it works for a while, then halts.
        .include "guest.inc"
        .include "apic.inc"
        .set    TICK, 0x20
        .set    PIT_HZ, 1193182
        .set    RATE, PIT_HZ / 60
        .set    WORK, 3000
        .globl  start
start:  LONG_MODE main

        .code64
main:   mov     $kernel_stack_top, %rsp
        MAP_LAPIC
        SET_INTERRUPT TICK, tick
        LAPIC_ON
        mov     $0x11, %al              # the first PIC: edges, with a second one, ICW4 follows
        out     %al, $0x20
        mov     $TICK, %al              # its first vector
        out     %al, $0x21
        mov     $0x04, %al              # where the second one is
        out     %al, $0x21
        mov     $0x01, %al              # 8086 mode
        out     %al, $0x21
        mov     $0xfe, %al              # the timer only
        out     %al, $0x21
        mov     $0x34, %al              # channel 0, both bytes, rate generator
        out     %al, $0x43
        mov     $RATE & 0xff, %al
        out     %al, $0x40
        mov     $RATE >> 8, %al
        out     %al, $0x40
        sti
1:      mov     $WORK, %ecx
2:      loop    2b
        hlt
        jmp     1b

tick:   push    %rax
        push    %rdx
        PUTC    '.'
        mov     $0x20, %al              # end of interrupt
        out     %al, $0x20
        pop     %rdx
        pop     %rax
        iretq
