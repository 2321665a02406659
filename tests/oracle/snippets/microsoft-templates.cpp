// args: --target=x86_64-pc-windows-msvc -fms-extensions -fno-delayed-template-parsing
template <class T> void exists(T t) { __if_exists(T::type) { typename T::type x; } __if_not_exists(T::other) { int y; } }
