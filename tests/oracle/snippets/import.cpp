// args: -fmodules -std=c++17
#pragma clang module build inner
module inner {}
#pragma clang module contents
#pragma clang module begin inner
int fromModule;
#pragma clang module end
#pragma clang module endbuild
#pragma clang module import inner
int use = fromModule;
