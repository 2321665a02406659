/* Entries that keep every register, and calls that survive an exception. System V x86-64. */

#include "offsets.h"

	.text

	.macro save_registers
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	subq	$REGISTERS_SIZE, %rsp
	movq	%rdi, 0(%rsp)
	movq	%rsi, 8(%rsp)
	movq	%rdx, 16(%rsp)
	movq	%rcx, 24(%rsp)
	movq	%r8, 32(%rsp)
	movq	%r9, 40(%rsp)
	movq	%rax, REGISTERS_RAX(%rsp)
	movq	%r10, REGISTERS_R10(%rsp)
	movups	%xmm0, REGISTERS_VECTOR+0(%rsp)
	movups	%xmm1, REGISTERS_VECTOR+16(%rsp)
	movups	%xmm2, REGISTERS_VECTOR+32(%rsp)
	movups	%xmm3, REGISTERS_VECTOR+48(%rsp)
	movups	%xmm4, REGISTERS_VECTOR+64(%rsp)
	movups	%xmm5, REGISTERS_VECTOR+80(%rsp)
	movups	%xmm6, REGISTERS_VECTOR+96(%rsp)
	movups	%xmm7, REGISTERS_VECTOR+112(%rsp)
	leaq	16(%rbp), %rax
	movq	%rax, REGISTERS_STACK(%rsp)
	movq	8(%rbp), %rax
	movq	%rax, REGISTERS_RETURN_ADDRESS(%rsp)
	.endm

	.macro load_arguments from
	movq	0(\from), %rdi
	movq	8(\from), %rsi
	movq	16(\from), %rdx
	movq	24(\from), %rcx
	movq	32(\from), %r8
	movq	40(\from), %r9
	movq	REGISTERS_RAX(\from), %rax
	movq	REGISTERS_R10(\from), %r10
	movups	REGISTERS_VECTOR+0(\from), %xmm0
	movups	REGISTERS_VECTOR+16(\from), %xmm1
	movups	REGISTERS_VECTOR+32(\from), %xmm2
	movups	REGISTERS_VECTOR+48(\from), %xmm3
	movups	REGISTERS_VECTOR+64(\from), %xmm4
	movups	REGISTERS_VECTOR+80(\from), %xmm5
	movups	REGISTERS_VECTOR+96(\from), %xmm6
	movups	REGISTERS_VECTOR+112(\from), %xmm7
	.endm

	.macro load_results from
	movq	REGISTERS_RESULT(\from), %rax
	movq	REGISTERS_RESULT+8(\from), %rdx
	movups	REGISTERS_VECTOR_RESULT(\from), %xmm0
	movups	REGISTERS_VECTOR_RESULT+16(\from), %xmm1
	.endm

/* r11: the function's record. A function without hooks is counted and left again with nothing but r11 changed. */
	.globl	mrhooker_entry
	.type	mrhooker_entry, @function
	.p2align 4
mrhooker_entry:
	.cfi_startproc
	cmpq	$STATE_PASSING, FUNCTION_STATE(%r11)
	jne	1f
	pushq	%r10
	.cfi_adjust_cfa_offset 8
	movq	mr_self@GOTTPOFF(%rip), %r10
	movq	%fs:(%r10), %r10
	testq	%r10, %r10
	jz	2f
	movq	(%r10), %r10
	addq	FUNCTION_OFFSET(%r11), %r10
	incq	(%r10)
	popq	%r10
	.cfi_adjust_cfa_offset -8
	jmpq	*FUNCTION_ORIGINAL(%r11)
	.cfi_adjust_cfa_offset 8
2:	popq	%r10
	.cfi_adjust_cfa_offset -8
1:	save_registers
	movq	%r11, %rdi
	movq	%rsp, %rsi
	movq	%r11, REGISTERS_RECORD(%rsp)
	call	mr_generic
	testl	%eax, %eax
	jz	3f
	load_results %rsp
	leave
	.cfi_remember_state
	.cfi_def_cfa %rsp, 8
	ret
	.cfi_restore_state
3:	movq	REGISTERS_RECORD(%rsp), %r11
	load_arguments %rsp
	leave
	.cfi_def_cfa %rsp, 8
	jmpq	*FUNCTION_ORIGINAL(%r11)
	.cfi_endproc
	.size	mrhooker_entry, . - mrhooker_entry

/* Native code for callbacks written in a script: r11d is the callback's number. */
	.type	callback_entry, @function
	.p2align 4
callback_entry:
	.cfi_startproc
	save_registers
	movl	%r11d, %edi
	movq	%rsp, %rsi
	call	mr_callback
	load_results %rsp
	leave
	.cfi_def_cfa %rsp, 8
	ret
	.cfi_endproc
	.size	callback_entry, . - callback_entry

	.globl	mr_callback_entries
	.hidden	mr_callback_entries
	.p2align 4
mr_callback_entries:
	.cfi_startproc
	.set	number, 0
	.rept	CALLBACK_ENTRIES
	.p2align 4
	endbr64
	movl	$number, %r11d
	jmp	callback_entry
	.set	number, number + 1
	.endr
	.cfi_endproc

/* void *mr_protected_thunk(mr_thunk *thunk, void *target, const mr_slot *args, mr_slot *result)
 * NULL, or the exception that leaves the target. */
	.globl	mr_protected_thunk
	.hidden	mr_protected_thunk
	.type	mr_protected_thunk, @function
	.p2align 4
mr_protected_thunk:
	.cfi_startproc
	.cfi_personality 0x1b, mr_personality
	.cfi_lsda 0x1b, thunk_landing
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	movq	%rdi, %rax
	movq	%rsi, %rdi
	movq	%rdx, %rsi
	movq	%rcx, %rdx
	call	*%rax
	xorl	%eax, %eax
thunk_landing:
	popq	%rbp
	.cfi_def_cfa %rsp, 8
	ret
	.cfi_endproc
	.size	mr_protected_thunk, . - mr_protected_thunk

/* void *mr_protected_registers(void *target, mr_registers *registers, const uint64_t *stack, uint64_t words)
 * Calls with the registers and a copy of the stack's words; the results go into the registers' result fields. */
	.globl	mr_protected_registers
	.hidden	mr_protected_registers
	.type	mr_protected_registers, @function
	.p2align 4
mr_protected_registers:
	.cfi_startproc
	.cfi_personality 0x1b, mr_personality
	.cfi_lsda 0x1b, registers_landing
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	pushq	%rbx
	.cfi_offset %rbx, -24
	pushq	%r12
	.cfi_offset %r12, -32
	movq	%rsi, %rbx
	movq	%rdi, %r12
	leaq	1(%rcx), %rax
	andq	$-2, %rax
	shlq	$3, %rax
	subq	%rax, %rsp
	xorl	%eax, %eax
4:	cmpq	%rcx, %rax
	jae	5f
	movq	(%rdx,%rax,8), %rdi
	movq	%rdi, (%rsp,%rax,8)
	incq	%rax
	jmp	4b
5:	load_arguments %rbx
	call	*%r12
	movq	%rax, REGISTERS_RESULT(%rbx)
	movq	%rdx, REGISTERS_RESULT+8(%rbx)
	movups	%xmm0, REGISTERS_VECTOR_RESULT(%rbx)
	movups	%xmm1, REGISTERS_VECTOR_RESULT+16(%rbx)
	xorl	%eax, %eax
registers_landing:
	leaq	-16(%rbp), %rsp
	popq	%r12
	popq	%rbx
	popq	%rbp
	.cfi_def_cfa %rsp, 8
	ret
	.cfi_endproc
	.size	mr_protected_registers, . - mr_protected_registers

	.section .note.GNU-stack, "", @progbits
