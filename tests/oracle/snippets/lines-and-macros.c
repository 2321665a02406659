// args: -include stddef.h -DCOMMAND=1
#define ADD(a, b) ((a) + (b))
#define TWICE(x) ADD(x, x)
#define NAME(x) var_##x
#define STR(x) #x
#define EMPTY
int NAME(one) = TWICE(3), two = COMMAND;
const char *text = STR(some text);
# line 100 "presumed.c"
int presumed = ADD(1, 2);
# 7 "entered.h" 1 3
int entered;
# 50 "presumed.c" 2
int left;
#line 10
size_t s = sizeof(int) EMPTY;
int trig\
raph = 1;
