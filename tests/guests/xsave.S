# Two programs in user mode, each with a value of its own in all of YMM5, and a kernel that switches
# between them with XSAVE and XRSTOR, 200 times each. Ends with code 0 when neither ever saw the
# other's value, 1 or 2 when that program did.
        .include "guest.inc"
        .set    SWITCHES, 200
        .set    STATES, 7               # x87, SSE, AVX
        .globl  start
start:  LONG_MODE long
        .code64
long:   LOAD_TSS_AND_IDT unexpected
        SET_GATE 6, switch
        mov     %cr4, %rax
        or      $0x40000, %eax          # OSXSAVE
        mov     %rax, %cr4
        xor     %ecx, %ecx
        xor     %edx, %edx
        mov     $STATES, %eax
        xsetbv
        # The first program runs, the second waits where it begins, its state the initial one.
        movq    $second, other_rip
        ENTER_USER first

# A ud2 of a program: saves its state, brings the other's, and goes on with that.
switch: push    %rax
        push    %rdx
        mov     $STATES, %eax
        xor     %edx, %edx
        mov     current, %rdi
        xsave64 (%rdi)
        xor     $area_a ^ area_b, %rdi
        mov     %rdi, current
        xrstor64 (%rdi)
        pop     %rdx
        pop     %rax
        addq    $2, (%rsp)
        mov     other_rip, %rdi
        xchg    %rdi, (%rsp)
        mov     %rdi, other_rip
        iretq

unexpected:
        EXIT    99
        .section .data
        .balign 8
current: .quad  area_a
other_rip: .quad 0
        # Two addresses that differ in bits that neither has otherwise.
        .set    area_a, 0x300000
        .set    area_b, 0x301000

        .section .user, "awx"
first:  mov     $SWITCHES, %r12d
1:      vmovdqu pattern_a, %ymm5
        ud2
        vpxor   pattern_a, %ymm5, %ymm6
        vptest  %ymm6, %ymm6
        mov     $1, %r15d
        jnz     report
        dec     %r12d
        jnz     1b
        xor     %r15d, %r15d
report: mov     $DEBUG_EXIT, %dx        # IOPL 3 lets programs speak to the port
        mov     %r15d, %eax
        out     %eax, %dx
2:      jmp     2b

second: vmovdqu pattern_b, %ymm5
        ud2
        vpxor   pattern_b, %ymm5, %ymm6
        vptest  %ymm6, %ymm6
        mov     $2, %r15d
        jnz     report
        jmp     second
        .balign 32
pattern_a: .quad 0x1111111111111111, 0x2222222222222222, 0x3333333333333333, 0x4444444444444444
pattern_b: .quad 0xaaaaaaaaaaaaaaaa, 0xbbbbbbbbbbbbbbbb, 0xcccccccccccccccc, 0xdddddddddddddddd
        .skip   256
user_stack_top:
