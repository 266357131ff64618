# SYSCALL from user mode and SYSRET back, 1,000 times, with a page fault of the program's own
# halfway. Ends with code 0 when privilege, flags, registers and return address came out as the
# processor manual has it, else with the number of the check that failed.
        .include "guest.inc"
        .set    FAULTING, 0x3ffff000    # linear; the last page of the first GiB
        .globl  start
start:  LONG_MODE long
        .code64
long:   LOAD_TSS_AND_IDT unexpected
        SET_GATE 14, page_fault
        SET_GATE 6, finish
        # The kernel's 2 MiB are its own; the last 2 MiB of the map are missing at first.
        movl    $0x83, page_directory
        movl    $0, page_directory + 511 * 8
        mov     %cr3, %rax
        mov     %rax, %cr3
        mov     $0xc0000081, %ecx       # STAR: SYSRET to 0x10 + 16 and + 8, SYSCALL to 0x08
        xor     %eax, %eax
        mov     $0x00130008, %edx
        wrmsr
        mov     $0xc0000084, %ecx       # FMASK: IF and DF
        mov     $0x600, %eax
        xor     %edx, %edx
        wrmsr
        mov     $0xc0000082, %ecx       # LSTAR
        mov     $entry, %eax
        wrmsr
        ENTER_USER user

entry:  mov     $1, %r15d               # privilege level 0 in CS and SS
        mov     %cs, %eax
        test    $3, %al
        jnz     finish
        mov     %ss, %eax
        test    $3, %al
        jnz     finish
        mov     $2, %r15d               # RCX: where the program goes on
        cmp     $after, %rcx
        jne     finish
        mov     $3, %r15d               # the stack is still the program's
        cmp     $user_stack_top, %rsp
        jne     finish
        mov     $4, %r15d               # FMASK cleared DF
        pushfq
        pop     %rax
        test    $0x400, %eax
        jnz     finish
        mov     $5, %r15d               # other registers are untouched
        cmp     $0x1234, %rbx
        jne     finish
        cld
        sysretq

page_fault:                             # maps what is missing, and the access is tried again
        cld
        push    %rax
        mov     %cr2, %rax
        cmp     $FAULTING, %rax
        jne     unexpected
        movl    $0x00200087, page_directory + 511 * 8
        pop     %rax
        add     $8, %rsp
        iretq

finish: mov     $DEBUG_EXIT, %dx        # also the program's ud2
        mov     %r15d, %eax
        out     %eax, %dx
1:      hlt
        jmp     1b

unexpected:
        EXIT    99

        .section .user, "awx"
user:   mov     $1000, %r14d
again:  mov     $0x1234, %ebx
        std
        syscall
after:  mov     $6, %r15d               # back in user mode
        mov     %cs, %eax
        and     $3, %eax
        cmp     $3, %eax
        jne     1f
        mov     $7, %r15d               # R11 brought DF back
        pushfq
        pop     %rax
        test    $0x400, %eax
        jz      1f
        cld
        cmp     $500, %r14d
        jne     2f
        movl    $1, FAULTING
2:      dec     %r14d
        jnz     again
        xor     %r15d, %r15d
1:      ud2
        .balign 16
        .skip   256
user_stack_top:
