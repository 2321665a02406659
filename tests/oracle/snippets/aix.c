// args: --target=powerpc-ibm-aix
#pragma align(natural)
struct N { int x; };
#pragma align(mac68k)
struct M { int x; };
