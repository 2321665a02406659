// Objective-C++: objects in templates, captured by lambdas and blocks, properties of class type.
__attribute__((objc_root_class)) @interface Root
+ (instancetype)alloc;
- (instancetype)init;
@property int number;
@end
struct Value { int v; Value(); Value(const Value &); ~Value(); operator int() const; };
@interface Owner : Root { Value inside; }
@property Value value;
- (Value)make:(const Value &)from;
@end
@implementation Owner
@synthesize value = inside;
- (Value)make:(const Value &)from { auto l = [self, from] { return self.number + from.v; }; l(); Value copy = from; return ^{ return copy; }(); }
@end
template <typename T> void send(T object) { [object init]; object.number = 3; }
template void send(Owner *);
id global = [[Owner alloc] init];
