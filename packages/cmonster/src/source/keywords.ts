/** Words that are no names. */
const KEYWORDS = new Set(
  `alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t char32_t class compl concept const
  consteval constexpr constinit const_cast continue co_await co_return co_yield decltype default delete do double dynamic_cast else
  enum explicit export extern false float for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr
  operator or or_eq private protected public register reinterpret_cast requires return short signed sizeof static static_assert
  static_cast struct switch template this thread_local throw true try typedef typeid typename union unsigned using virtual void
  volatile wchar_t while xor xor_eq restrict typeof final override import module
  __func__ __FUNCTION__ __PRETTY_FUNCTION__ __extension__ __attribute__ __restrict __restrict__ __inline __inline__ __typeof__ __typeof
  __asm __asm__ __volatile__ __const __signed__ __alignof__ __alignof __auto_type __int128 __null __label__ __thread __real__ __imag__
  _Bool _Complex _Imaginary _Generic _Alignas _Alignof _Atomic _Noreturn _Static_assert _Thread_local _BitInt _Float16`.split(
    /\s+/,
  ),
);
/** Not keywords in C: names like any other. */
const ONLY_CXX = new Set(
  `and and_eq bitand bitor catch char8_t char16_t char32_t class compl concept consteval constinit const_cast co_await co_return co_yield
  decltype delete dynamic_cast explicit export friend mutable namespace new noexcept not not_eq operator or or_eq private protected
  public reinterpret_cast requires static_cast template this throw try typeid typename using virtual wchar_t xor xor_eq final override
  import module`.split(/\s+/),
);

/** In any standard of the language, also what Clang adds. */
export function isKeyword(name: string, language: 'c' | 'c++'): boolean {
  if (name.startsWith('__builtin_')) return true;
  return KEYWORDS.has(name) && !(language === 'c' && ONLY_CXX.has(name));
}
