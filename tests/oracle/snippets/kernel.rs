// args: -x renderscript
__attribute__((kernel)) int k(int x) { return x; }
