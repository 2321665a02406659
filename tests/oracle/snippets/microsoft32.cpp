// args: --target=i686-pc-windows-msvc -fms-extensions -fms-compatibility
void __stdcall a(); void __fastcall b(); void __thiscall c(); void __regcall d(); void __vectorcall e(); void _pascal p();
struct S { void m(); }; 
typedef void Plain(); struct Methods { Plain method; };
