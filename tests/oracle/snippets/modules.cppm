// args: -std=c++20 -x c++-module
module;
int inGlobalFragment;
export module m;
export int exported; export { struct S {}; } int notExported;
