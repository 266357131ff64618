# Reads registers whose value it knows, again and again, and prints a dot every 16 rounds. A value
# that is not what it must be ends it with the number of the check; a byte from the console ends it
# with code 0.
        .include "guest.inc"
        .set    SCRATCH, COM1 + 7
        .set    LINE_STATUS, COM1 + 5
        .set    CMOS_INDEX, 0x70
        .set    CMOS_DATA, 0x71
        .set    CMOS_BYTE, 0x40         # battery-backed
        .set    PCI_ADDRESS, 0xcf8
        .set    PCI_DATA, 0xcfc
        .set    ECAM, 0xe0000000        # the host bridge's configuration space
        .set    STRING, 16
        .globl  start

.macro  MUST_BE value, check
        cmp     \value, %eax
        mov     $\check, %ecx
        jne     wrong
.endm

start:  mov     $kernel_stack_top, %esp
        cld
        mov     ECAM, %ebp              # vendor and device
        cmp     $-1, %ebp
        mov     $9, %ecx
        je      wrong
        xor     %ebx, %ebx              # the value of this round

round:  inc     %bl
        mov     $SCRATCH, %dx           # 1: a byte, served by the thread of the vCPU
        mov     %bl, %al
        out     %al, %dx
        xor     %eax, %eax
        in      %dx, %al
        MUST_BE %ebx, 1

        mov     $string, %edi           # 2: many with one instruction
        mov     $STRING, %ecx
        rep insb
        mov     $STRING, %edx
2:      movzbl  string - 1(%edx), %eax
        MUST_BE %ebx, 2
        dec     %edx
        jnz     2b

        mov     $CMOS_BYTE, %al         # 3: a byte, handed over to the device's thread
        out     %al, $CMOS_INDEX
        mov     %bl, %al
        out     %al, $CMOS_DATA
        xor     %eax, %eax
        in      $CMOS_DATA, %al
        MUST_BE %ebx, 3

        mov     $PCI_ADDRESS, %dx       # 4: 32 bits of an I/O port
        mov     $0x80000000, %eax
        out     %eax, %dx
        mov     $PCI_DATA, %dx
        xor     %eax, %eax
        in      %dx, %eax
        MUST_BE %ebp, 4

        xor     %eax, %eax              # 5: 32 bits of a device's memory
        mov     ECAM, %eax
        MUST_BE %ebp, 5

        test    $15, %bl
        jnz     round
        PUTC    '.'
        mov     $LINE_STATUS, %dx
        in      %dx, %al
        test    $1, %al
        jz      round
        EXIT    0

wrong:  mov     %ecx, %eax
        mov     $DEBUG_EXIT, %dx
        out     %eax, %dx
1:      hlt
        jmp     1b

        .section .bss
string: .skip   STRING
