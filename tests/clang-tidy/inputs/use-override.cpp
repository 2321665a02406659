#define ABSTRACT = 0
#define UNUSED __attribute__((unused))
#define METHOD(name) virtual void name()
struct Base {
  virtual ~Base();
  virtual void plain();
  virtual void body();
  virtual int constant() const;
  virtual int reference() &;
  virtual void pure() = 0;
  virtual void abstract() = 0;
  virtual void spaced() = 0;
  virtual void tight() = 0;
  virtual void marked();
  virtual void attributed();
  virtual void throwing() noexcept;
  virtual auto trailing() -> int;
  virtual void tried();
  virtual void deleted() = delete;
  virtual void both();
  virtual void all();
  virtual void finished();
  virtual void commented();
  virtual int (*pointer(int a))(int);
  virtual void outside();
  virtual void macro();
  virtual void defaulted(int a = 3, const char *b = "{;}");
  virtual Base &operator=(const Base &);
};

struct Derived : Base {
  ~Derived();
  void plain();
  virtual void body() {}
  virtual int constant() const;
  int reference() & { return 1; }
  virtual void pure() = 0;
  virtual void abstract() ABSTRACT;
  virtual void spaced()=0;
  void tight() =0;
  virtual void marked() UNUSED;
  virtual void attributed() __attribute__((unused));
  virtual void throwing() noexcept;
  virtual auto trailing() -> int { return 2; }
  virtual void tried() try { } catch (...) { }
  virtual void deleted() = delete;
  virtual void both() override;
  virtual void all() override final;
  void finished() override final;
  virtual /* why */ void commented(); // later
  int (*pointer(int a))(int);
  virtual void outside();
  METHOD(macro);
  void defaulted(int a = 3, const char *b = "{;}");
  virtual Derived &operator=(const Base &)
  {
    return *this;
  }
};

void Derived::outside() {}

struct Third : Derived {
  virtual ~Third() = default;
  void plain() override;
  virtual void body() final;
  virtual void both();
  void
  all2();
  inline virtual void commented() { }
  virtual void tight() {} virtual void marked() {}
  void attributed [[deprecated]] ();
  [[nodiscard]] virtual int constant() const;
  explicit Third(int);
  virtual void fresh();
};

template <class T> struct Generic : Base {
  virtual void plain();
  void body() { }
  virtual int constant() const override { return sizeof(T); }
};
template struct Generic<int>;
template <class T> struct FromArgument : T {
  virtual void plain();
};
FromArgument<Base> *used;
