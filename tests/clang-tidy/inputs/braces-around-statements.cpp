void act(const char *);
bool ask(const char *);
#define RUN(x) x
#define BLOCK(x) { x; }
#define STEP act("step")
#define NOTHING
#define IF_ASK if (ask("macro"))

void conditions(int n) {
  if (ask("a")) act("same line");
  if (ask("b"))
    act("next line");
  if (ask("c")) /* comment */ act("behind a comment"); // trailing
  if (ask("d")) // why
    act("d"); /* one */ /* two */
  if (ask("e")) { act("braces"); }
  if (ask("f"))
    ;
  if (ask("g"))
    act("then");
  else
    act("else");
  if (ask("h")) {
    act("then");
  } else
    act("else");
  if (ask("i"))
    act("then");
  else {
    act("else");
  }
  if (ask("j"))
    act("1");
  else if (ask("k"))
    act("2");
  else if (ask("l")) { act("3"); }
  else
    act("4");
  if (ask("m")) if (ask("n")) act("inner"); else act("dangling");
  if (ask("o"))
    return;
  if (ask("p"))
    act("a block comment follows"); /* over
    lines */
  if (ask("q")) act("1"); act("2");
  if (ask( "r" ) ) n = {5} ;
  if (ask("s")) int declared = {6};
  if (bool b = ask("t")) act("variable");
  if (int i = n; i > 2) act("init");
  if constexpr (sizeof(int) == 4) act("constant");
}

void loops(int n) {
  for (;;) act("for");
  for (int i = 0; i < n; ++i)
    act("for");
  int array[] = {1, 2, 3};
  for (int each : array)
    act("range");
  for (auto &each : array) { each = 0; }
  while (ask("while"))
    act("while");
  while (false)
    ;
  while (int i = n--) act("variable");
  do
    act("do");
  while (ask("do"));
  do act("do"); while (ask("do"));
  do { act("do"); } while (ask("do"));
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < i; ++j)
      if (ask("nested"))
        act("deep");
  while (ask("x")) switch (n) { case 1: break; }
  while (ask("y")) do act("z"); while (ask("z"));
  if (1) while (2) if (3) for (;;) do ; while (false) /**/; /**/
  for (;;) label: act("labelled");
  while (true) [[unlikely]] act("attributed");
  while (true)
    if (n) break; else continue;
  if (ask("try")) try { act("1"); } catch (...) { act("2"); }
  if (ask("lambda")) [] { act("inside"); }();
}

int macros(bool b, int n) {
  if (b)
    RUN(return 1);
  if (b) RUN(act("x"));
  if (b)
    STEP;
  else
    NOTHING;
  RUN(
    for (;;)
      act("in an argument");
  );
  BLOCK(
    if (b)
      act("in a block");
  );
  BLOCK(for (;;) act("without a semicolon"))
  IF_ASK act("macro");
  if (n % 3) n--;
  else if (n % 2) STEP;
  else NOTHING;
  return 0;
}

template <bool B> void templated() {
  if constexpr (B) act("constant");
  else act("not");
  while (B) act("loop");
}
void instantiate() { templated<true>(); templated<false>(); }
struct Member { Member(int n) { if (n) act("constructor"); } void f() const { for (;;) break; } };

void spaces() {
  if(ask("1"))act("2");
  if (ask("blank"))

    act("line");

  while(ask("3"))
    if(ask("4"))
      return;


	if (ask("tab"))
		act("tab");	// comment
  act("end");
}
