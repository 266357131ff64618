# Instructions that kernels use in kernel mode and some hosts have to emulate. Ends with code 0 when
# each did what the processor manual says, else with the number of the first that did not.
        .include "guest.inc"
        .macro  CHECK number
        mov     $\number, %r15d
        .endm
        .macro  EXPECT register, value
        mov     $\value, %r8
        cmp     %r8, \register
        jne     finish
        .endm
        .globl  start
start:  LONG_MODE long
        .code64
long:   LOAD_TSS_AND_IDT unexpected
        SET_GATE 3, breakpoint

        CHECK   1                       # popcnt, three sizes, register and memory
        mov     $0xf0f0f0f0f0f0f0f0, %rbx
        mov     $-1, %rax
        popcnt  %rbx, %rax
        EXPECT  %rax, 32
        popcnt  %ebx, %ecx
        EXPECT  %rcx, 16
        mov     $0xffffffffffff0000, %rdx
        popcnt  %bx, %dx
        EXPECT  %rdx, 0xffffffffffff0008
        popcntq value(%rip), %rax
        EXPECT  %rax, 4
        xor     %ebx, %ebx
        popcnt  %rbx, %rax
        jnz     finish

        CHECK   2                       # int3 is a trap: it returns behind itself
        xor     %r14d, %r14d
        int3
        EXPECT  %r14, 1

        CHECK   3                       # cmpxchg16b, equal and not
        mov     $pair, %rdi
        mov     $1, %eax
        mov     $2, %edx
        mov     $3, %ebx
        mov     $4, %ecx
        lock cmpxchg16b (%rdi)
        jnz     finish
        EXPECT  (%rdi), 3
        EXPECT  8(%rdi), 4
        lock cmpxchg16b (%rdi)
        jz      finish
        EXPECT  %rax, 3
        EXPECT  %rdx, 4

        CHECK   4                       # fwait, fnclex, fences, prefetches change nothing
        fninit
        fwait
        fnclex
        mfence
        lfence
        sfence
        prefetcht0 (%rdi)
        prefetchw (%rdi)
        EXPECT  %rax, 3

        CHECK   5                       # moves between XMM registers, memory and general ones
        movups  pattern(%rip), %xmm1
        movaps  %xmm1, %xmm9
        movdqu  %xmm9, copy(%rip)
        EXPECT  copy(%rip), 0x0706050403020100
        EXPECT  copy+8(%rip), 0x0f0e0d0c0b0a0908
        movq    %xmm9, %rax
        EXPECT  %rax, 0x0706050403020100
        mov     $0x1122334455667788, %rax
        movq    %rax, %xmm2
        movdqu  %xmm2, copy(%rip)
        EXPECT  copy(%rip), 0x1122334455667788
        EXPECT  copy+8(%rip), 0
        movd    %xmm2, %ecx
        EXPECT  %rcx, 0x55667788
        movq    copy(%rip), %xmm3
        movq    %xmm3, pair(%rip)
        EXPECT  pair(%rip), 0x1122334455667788

        CHECK   6                       # ldmxcsr and stmxcsr
        movl    $0x1fa0, copy(%rip)
        ldmxcsr copy(%rip)
        movl    $0, copy(%rip)
        stmxcsr copy(%rip)
        mov     copy(%rip), %eax
        EXPECT  %rax, 0x1fa0

        xor     %r15d, %r15d
finish: mov     $DEBUG_EXIT, %dx
        mov     %r15d, %eax
        out     %eax, %dx
1:      hlt
        jmp     1b

breakpoint:
        inc     %r14d
        iretq
unexpected:
        EXIT    99

        .section .data
        .balign 16
pair:   .quad   1, 2
value:  .quad   0x8001000000000101
pattern: .byte  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
copy:   .quad   0, 0
