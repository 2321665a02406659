// args: --target=arm64ec-pc-windows-msvc -fms-extensions
__declspec(hybrid_patchable) void f(void) {}
