// args: -std=c++20 -Xclang -fincremental-extensions
int x = 1;
x += 2;
for (int i = 0; i < 2; ++i) x += i;
