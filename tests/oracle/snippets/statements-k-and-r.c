// args: -std=c89
int f(a, b) int a; float b; { return implicit(a) + b; }
