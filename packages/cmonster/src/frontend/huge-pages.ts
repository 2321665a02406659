/**
 * The environment for a process whose malloc takes huge pages where the kernel gives them: large blocks (a snapshot is one) then cost
 * a fault for each two megabytes. docs/decisions/0003-frontend-process.md, "Memory in huge pages".
 */

const HUGE_PAGES = 'glibc.malloc.hugetlb=1';

/** What the user has set goes behind it, and so wins. */
export function withHugePages(more = ''): NodeJS.ProcessEnv {
  const { GLIBC_TUNABLES: given } = process.env;
  return { ...process.env, GLIBC_TUNABLES: `${HUGE_PAGES}${more}${given ? `:${given}` : ''}` };
}
