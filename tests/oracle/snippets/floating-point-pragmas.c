float f(float a, float b) {
#pragma STDC FENV_ACCESS ON
  return a + b;
}
float g(float a, float b) {
#pragma clang fp contract(fast) reassociate(on)
  a += b;
  {
#pragma float_control(precise, on)
    return a * b;
  }
}
