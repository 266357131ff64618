# A multiboot kernel: looks at what it was entered with, and prints the command line, each module
# with its string, and who loaded it. Ends with 0, or with the number of the check that failed.
        .include "ports.inc"

.set HEADER_MAGIC, 0x1badb002
.set LOADER_MAGIC, 0x2badb002
# Modules on page boundaries, sizes of memory.
.set REQUIREMENTS, 3
# Memory sizes, command line, modules, memory map, name of the loader.
.set GIVEN, 0x24d

        .text
        .code32
        .balign 4
        .long   HEADER_MAGIC, REQUIREMENTS, -(HEADER_MAGIC + REQUIREMENTS)

        .globl  start
start:  mov     $1, %ecx
        cmp     $LOADER_MAGIC, %eax
        jne     wrong
        mov     $stack_top, %esp
        mov     $2, %ecx                # interrupts off, paging off, protection on
        pushf
        testl   $0x200, (%esp)
        jnz     wrong
        mov     %cr0, %eax
        and     $0x80000001, %eax
        cmp     $1, %eax
        jne     wrong
        mov     $3, %ecx
        mov     (%ebx), %eax
        and     $GIVEN, %eax
        cmp     $GIVEN, %eax
        jne     wrong
        cld
        mov     16(%ebx), %esi
        PUTS

        mov     20(%ebx), %ebp          # modules are left
        mov     24(%ebx), %edi
1:      test    %ebp, %ebp
        jz      2f
        PUTC    '|'
        mov     8(%edi), %esi
        PUTS
        PUTC    '='
        mov     (%edi), %esi
        mov     4(%edi), %ecx
        sub     %esi, %ecx
        mov     $COM1, %dx
        rep outsb
        add     $16, %edi
        dec     %ebp
        jmp     1b

2:      PUTC    '|'
        mov     64(%ebx), %esi
        PUTS
        EXIT    0

wrong:  mov     $DEBUG_EXIT, %dx
        mov     %ecx, %eax
        out     %eax, %dx
1:      hlt
        jmp     1b

        .bss
        .skip   64
stack_top:
