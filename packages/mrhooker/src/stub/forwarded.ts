// Functions that need care when they are hooked, whatever their signature.

/**
 * These look at who calls them, return twice, or leave their caller's frame: they can't be called from anywhere else.
 * Their begin can be observed; then the original is jumped to.
 */
export const forwarded: ReadonlySet<string> = new Set([
  ...['setjmp', '_setjmp', '__sigsetjmp', 'sigsetjmp', 'savectx', 'getcontext', '__getcontext', 'vfork', '__vfork'],
  ...['dlopen', 'dlmopen', 'dlsym', 'dlvsym', '__libc_start_main', '_Unwind_Resume', '_Unwind_Resume_or_Rethrow'],
  ...['_Unwind_RaiseException', '_Unwind_ForcedUnwind', '_Unwind_Backtrace', '__cxa_throw', '__cxa_rethrow'],
  ...['pthread_exit', 'longjmp', '_longjmp', 'siglongjmp', '__longjmp_chk', 'setcontext', 'backtrace'],
  ...['exit', '_exit', '_Exit', 'quick_exit', 'abort', 'thrd_exit', '__cxa_end_catch', '__cxa_begin_catch'],
]);

/** What compilers and the loader call with rules of their own, by globs: never matched by a script's. */
export const internal: readonly string[] = [
  ...[
    '_ITM_*',
    '__gmon*',
    '_init',
    '_fini',
    '_dl_*',
    '__stack_chk*',
    '__asan_*',
    '__ubsan_*',
    '__tsan_*',
    'mrhooker_*',
  ],
  ...['mcount', '_mcount', '__fentry__', '__tls_get_addr', '__cxa_finalize', '__gxx_personality_v0'],
  '__gcc_personality_v0',
];

const INTERNAL = new RegExp(`^(${internal.map((glob) => glob.replace('*', '.*')).join('|')})$`);

export function isInternal(name: string): boolean {
  return INTERNAL.test(name);
}

/** `MR_*` flags of `mr_function`. */
export const functionFlags = { hooked: 1, generic: 2, variadic: 4, local: 8, forward: 16 } as const;
