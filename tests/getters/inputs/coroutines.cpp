// Coroutines, with as much of the library as they need.
namespace std {
template <typename R, typename... A> struct coroutine_traits { using promise_type = typename R::promise_type; };
template <typename P = void> struct coroutine_handle;
template <> struct coroutine_handle<void> { static coroutine_handle from_address(void *) noexcept; void *address() const noexcept; };
template <typename P> struct coroutine_handle : coroutine_handle<> { static coroutine_handle from_address(void *) noexcept; };
struct suspend_always { bool await_ready() noexcept; void await_suspend(coroutine_handle<>) noexcept; void await_resume() noexcept; };
}
struct Task {
  struct promise_type {
    Task get_return_object();
    std::suspend_always initial_suspend();
    std::suspend_always final_suspend() noexcept;
    std::suspend_always yield_value(int);
    void return_value(int);
    void unhandled_exception();
  };
};
struct Nothing { struct promise_type { Nothing get_return_object(); std::suspend_always initial_suspend(); std::suspend_always final_suspend() noexcept; void return_void(); void unhandled_exception(); }; };
Task numbers(int n) { co_await std::suspend_always{}; for (int i = 0; i < n; i++) co_yield i; co_return 3; }
Nothing nothing() { co_await std::suspend_always{}; }
template <typename T> Task dependent(T t) { co_await t; co_yield t; co_return t; }
