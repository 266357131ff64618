# Starts the other processors. Each prints its letter, A for the first, 20 times a second, by its
# own local APIC's timer: each interrupt asks for the next, so one that is lost silences its letter.
# A byte from the console ends it with how many processors there are.
        .include "guest.inc"
        .include "smp.inc"
        .set    TICK, 0x20
        .set    PERIOD_NS, 50*MS
        .set    LINE_STATUS, COM1 + 5
        .globl  start
start:  LONG_MODE main

        .code64
main:   mov     $kernel_stack_top, %rsp
        MAP_LAPIC
        SET_INTERRUPT TICK, tick
        LAPIC_ON
        MASK_PICS
        START_APS
        lock incl seen
        ARM_TIMER TICK, PERIOD_NS
        sti
1:      hlt
        mov     $LINE_STATUS, %dx
        in      %dx, %al
        test    $1, %al
        jz      1b
        mov     seen, %eax
        mov     $DEBUG_EXIT, %dx
        out     %eax, %dx
2:      hlt
        jmp     2b

ap_main:
        lock incl seen
        ARM_TIMER TICK, PERIOD_NS
        sti
1:      hlt
        jmp     1b

tick:   push    %rax
        push    %rdx
        GET_APIC_ID
        add     $'A', %al
        mov     $COM1, %dx
        out     %al, %dx
        ARM_TIMER TICK, PERIOD_NS
        movl    $0, LAPIC_EOI(%r15)
        pop     %rdx
        pop     %rax
        iretq

        .section .bss
        .balign 4
seen:   .skip   4
