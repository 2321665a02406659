// args: --target=loongarch64-linux-gnu
int x __attribute__((model("extreme")));
