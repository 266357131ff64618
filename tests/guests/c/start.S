# Where payloads in C begin: a PVH ELF that goes to long mode with the first 4 GiB mapped one to
# one, for user mode too, and then to main() in user mode, which some hosts run a thousand times
# faster than kernel mode. It may use all ports, by the TSS, and is never interrupted.

.section .note.pvh, "a", @note
        .long   4, 4, 18                # name size, descriptor size, XEN_ELFNOTE_PHYS32_ENTRY
        .asciz  "Xen"
        .long   start

.section .text.start, "ax"
        .code32
        .globl  start
start:
        mov     %ebx, %ebp              # the hvm_start_info
        mov     $directories, %edi
        mov     $0x87, %eax             # present, writable, user, 2 MiB
        mov     $2048, %ecx
1:      mov     %eax, (%edi)
        add     $0x200000, %eax
        add     $8, %edi
        loop    1b
        mov     $directories + 7, %eax
        mov     $pdpt, %edi
        mov     $4, %ecx
2:      mov     %eax, (%edi)
        add     $0x1000, %eax
        add     $8, %edi
        loop    2b
        movl    $pdpt + 7, pml4
        mov     $pml4, %eax
        mov     %eax, %cr3
        mov     $0x620, %eax            # PAE, OSFXSR, OSXMMEXCPT
        mov     %eax, %cr4
        mov     $0xc0000080, %ecx       # EFER: LME
        mov     $0x100, %eax
        xor     %edx, %edx
        wrmsr
        mov     $0x80000033, %eax       # PG, NE, ET, MP, PE
        mov     %eax, %cr0
        lgdt    gdt_pointer
        ljmp    $0x08, $long_mode
        .code64
long_mode:
        mov     $0x10, %eax
        mov     %eax, %ss
        mov     $stack_top, %rsp
        mov     $tss, %rax
        mov     %ax, gdt_tss + 2
        shr     $16, %rax
        mov     %al, gdt_tss + 4
        mov     %ah, gdt_tss + 7
        movw    $104, tss + 102         # where its map of ports begins, all of them allowed
        movb    $0xff, tss + 104 + 8192
        mov     $0x28, %eax
        ltr     %ax
        mov     %ebp, %edi
        pushq   $0x1b                   # user data
        pushq   $stack_top - 64
        pushq   $0x2                    # interrupts off
        pushq   $0x23                   # user code
        pushq   $user_start
        iretq
user_start:
        call    main
9:      jmp     9b

.section .data
        .balign 16
gdt:
        .quad   0
        .quad   0x00af9b000000ffff      # kernel code, 64 bits
        .quad   0x00cf93000000ffff      # kernel data
        .quad   0x00cff3000000ffff      # user data
        .quad   0x00affb000000ffff      # user code, 64 bits
gdt_tss:
        .quad   0x0000890000002068, 0
gdt_end:
gdt_pointer:
        .word   gdt_end - gdt - 1
        .long   gdt, 0

.section .bss
        .balign 4096
directories:    .skip 4 * 4096
pml4:           .skip 4096
pdpt:           .skip 4096
tss:            .skip 104 + 8192 + 1
                .balign 64
stack:          .skip 65536
stack_top:

.section .note.GNU-stack, "", @progbits
