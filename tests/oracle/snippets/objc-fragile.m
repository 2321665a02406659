// args: -x objective-c -Xclang -fobjc-runtime=macosx-fragile-10.5 --target=i686-apple-macosx10.5
@interface Root {
  struct objc_class *isa;
  int value;
}
- (id)init;
@end
struct Definitions {
  @defs(Root)
};
@implementation Root
- (id)init { return self; }
- (Class)theClass { return (Class)self->isa; }
@end
typedef struct objc_object { Class isa; } *Object;
Class f(id x) { return x->isa; }
int g(void) {
  @try {
  } @catch (Root *r) {
  } @finally {
  }
  return 0;
}
