// args: --target=i386-apple-macosx10.5
#pragma options align=mac68k
struct M { int x; };
#pragma options align=natural
struct N { double d; };
#pragma options align=reset
