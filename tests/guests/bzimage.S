# The smallest Linux bzImage: a setup header (Documentation/x86/boot.rst of Linux) and a 64-bit
# program that looks at what it was entered with and prints the command line and the initrd. Ends
# with 0, or with the number of the check that failed.
        .include "ports.inc"

.set SETUP_BYTES, 1024
.set PROGRAM_BYTES, 4096
.set PREFERRED, 0x200000
.set BOOT_CS, 0x10
.set BOOT_DS, 0x18
.set HDRS, 0x53726448

        .text
image:
        .org    0x1f1
        .byte   SETUP_BYTES / 512 - 1   # setup_sects
        .org    0x1f4
        .long   PROGRAM_BYTES / 16      # syssize
        .org    0x1fe
        .word   0xaa55                  # boot_flag
        .byte   0xeb, header_end - header
header: .ascii  "HdrS"
        .word   0x20f                   # version
        .org    0x211
        .byte   1                       # loadflags: LOADED_HIGH
        .org    0x22c
        .long   0x7fffffff              # initrd_addr_max
        .long   PREFERRED               # kernel_alignment
        .byte   1                       # relocatable_kernel
        .org    0x236
        .word   1                       # xloadflags: XLF_KERNEL_64
        .long   2047                    # cmdline_size
        .org    0x258
        .quad   PREFERRED               # pref_address
        .long   PROGRAM_BYTES           # init_size
        .org    0x26c
header_end:

        .org    SETUP_BYTES
program:                                # where the 32-bit protocol would enter
        hlt
        .org    SETUP_BYTES + 0x200
        .code64
        mov     $1, %edi
        cmpl    $HDRS, 0x202(%rsi)
        jne     wrong
        mov     $2, %edi                # where it wanted to be
        lea     program(%rip), %rax
        cmp     $PREFERRED, %rax
        jne     wrong
        mov     $3, %edi                # the selectors of the protocol
        mov     %cs, %eax
        cmp     $BOOT_CS, %eax
        jne     wrong
        mov     %ds, %eax
        cmp     $BOOT_DS, %eax
        jne     wrong
        mov     %ss, %eax
        cmp     $BOOT_DS, %eax
        jne     wrong
        mov     $4, %edi                # interrupts off
        lea     stack_top(%rip), %rsp
        pushfq
        pop     %rax
        test    $0x200, %eax
        jnz     wrong

        # Their descriptors are in memory: this faults if they are not.
        mov     $BOOT_DS, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %ss
        pushq   $BOOT_CS
        lea     1f(%rip), %rax
        push    %rax
        lretq

1:      mov     $5, %edi                # 4 GiB are mapped: no device answers at their end
        mov     $0xfffffff8, %eax
        cmpl    $-1, (%rax)
        jne     wrong

        mov     %rsi, %rbx
        cld
        mov     0x228(%rbx), %esi       # cmd_line_ptr
        PUTS
        PUTC    '|'
        mov     0x218(%rbx), %esi       # ramdisk_image
        mov     0x21c(%rbx), %ecx       # ramdisk_size
        mov     $COM1, %dx
        rep outsb
        EXIT    0

wrong:  mov     $DEBUG_EXIT, %dx
        mov     %edi, %eax
        out     %eax, %dx
1:      hlt
        jmp     1b

        .org    SETUP_BYTES + PROGRAM_BYTES
stack_top:
