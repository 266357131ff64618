# Times port accesses with the TSC: COUNT writes of the UART's scratch register, served in place,
# then COUNT writes of the clock's index port, handed to the device worker. Prints both times as
# 16 hexadecimal digits each and a newline, then ends.
        .include "guest.inc"
        .set    COUNT, 200000
        .globl  start
start:  mov     $kernel_stack_top, %esp
        mov     $2000, %edi             # warm up
        mov     $COM1 + 7, %dx
        call    burst
        mov     $COM1 + 7, %dx
        call    timed
        mov     $0x70, %dx
        call    timed
        PUTC    '\n'
        EXIT    0

timed:  push    %edx
        rdtsc
        mov     %eax, began
        mov     %edx, began + 4
        pop     %edx
        mov     $COUNT, %edi
        call    burst
        rdtsc
        sub     began, %eax
        sbb     began + 4, %edx
        push    %eax
        mov     %edx, %eax
        call    print
        pop     %eax
        call    print
        PUTC    ' '
        ret

burst:  out     %al, %dx
        dec     %edi
        jnz     burst
        ret

# EAX as eight hexadecimal digits.
print:  mov     $8, %ecx
        mov     %eax, %ebx
        mov     $COM1, %dx
1:      rol     $4, %ebx
        mov     %bl, %al
        and     $15, %al
        cmp     $10, %al
        jb      2f
        add     $'a' - '0' - 10, %al
2:      add     $'0', %al
        out     %al, %dx
        loop    1b
        ret
        .section .bss
        .balign 8
began:  .skip   8
