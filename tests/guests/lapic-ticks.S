# Prints a dot for each interrupt of the local APIC's timer, about 60 a second. Each interrupt asks
# for the next: when one is lost there are no more. In between it works for a while, then halts.
        .include "guest.inc"
        .include "apic.inc"
        .set    TICK, 0x20
        .set    PERIOD_NS, 15000000
        .set    WORK, 3000
        .globl  start
start:  LONG_MODE main

        .code64
main:   mov     $kernel_stack_top, %rsp
        MAP_LAPIC
        SET_INTERRUPT TICK, tick
        LAPIC_ON
        MASK_PICS
        ARM_TIMER TICK, PERIOD_NS
        sti
1:      mov     $WORK, %ecx
2:      loop    2b
        hlt
        jmp     1b

tick:   push    %rax
        push    %rdx
        PUTC    '.'
        ARM_TIMER TICK, PERIOD_NS
        movl    $0, LAPIC_EOI(%r15)
        pop     %rdx
        pop     %rax
        iretq
