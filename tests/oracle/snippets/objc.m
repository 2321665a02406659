// args: -fobjc-arc -fblocks -fobjc-exceptions -x objective-c -fexceptions --target=x86_64-apple-macosx10.14
typedef signed char BOOL;
typedef unsigned long NSUInteger;
typedef long NSInteger;
typedef struct { unsigned long state; id __unsafe_unretained *items; unsigned long *mutations; unsigned long extra[5]; } NSFastEnumerationState;
@class NSString;
__attribute__((objc_root_class)) @interface NSObject
+ (instancetype)alloc;
- (instancetype)init;
+ (Class)class;
@end
@protocol NSCopying
@end
@protocol Drawable <NSCopying>
@required
- (void)draw;
@optional
@property(readonly) int depth;
- (void)erase;
@end
@interface NSNumber : NSObject
+ (NSNumber *)numberWithInt:(int)value;
+ (NSNumber *)numberWithBool:(BOOL)value;
+ (NSNumber *)numberWithDouble:(double)value;
+ (NSNumber *)numberWithChar:(char)value;
@end
@interface NSString : NSObject <NSCopying>
+ (instancetype)stringWithUTF8String:(const char *)text;
@end
@interface NSArray<__covariant Element> : NSObject
+ (instancetype)arrayWithObjects:(const id[])objects count:(NSUInteger)count;
- (Element)objectAtIndexedSubscript:(NSUInteger)index;
- (NSUInteger)countByEnumeratingWithState:(NSFastEnumerationState *)state objects:(id __unsafe_unretained[])buffer count:(NSUInteger)count;
@end
@interface NSMutableArray<Element> : NSArray<Element>
- (void)setObject:(Element)object atIndexedSubscript:(NSUInteger)index;
@end
@interface NSDictionary<Key : id<NSCopying>, __covariant Value> : NSObject
+ (instancetype)dictionaryWithObjects:(const id[])objects forKeys:(const id<NSCopying>[])keys count:(NSUInteger)count;
- (Value)objectForKeyedSubscript:(Key)key;
@end
/// A shape.
/// \param none nothing
@interface Shape : NSObject <Drawable> {
@public
  int publicIvar;
@protected
  id other;
@private
  int bits : 3;
@package
  int packaged;
}
@property(nonatomic, copy, getter=theName, setter=putName:) NSString *name;
@property(atomic, assign, readonly) int sides;
@property(weak, nullable) Shape *parent;
@property(class, readonly) int count;
@property(strong, nonnull) id strongOne;
@property(unsafe_unretained) id unsafeOne;
@property(null_resettable, copy) NSString *resettable;
- (void)scale:(float)x by:(float)y, ...;
- (int)implicitProperty;
- (void)setImplicitProperty:(int)value;
@end
@interface Shape ()
@property int hidden;
@end
@interface Shape (Category) <NSCopying>
- (void)categoryMethod;
@end
@compatibility_alias Figure Shape;
@implementation Shape
@synthesize name = _name;
@dynamic parent;
+ (int)count { return 1; }
- (void)draw { [super init]; }
- (void)scale:(float)x by:(float)y, ... { self->publicIvar = x; bits = 2; }
- (int)implicitProperty { return 1; }
- (void)setImplicitProperty:(int)value { self.implicitProperty = self.implicitProperty + 1; }
+ (Class)class { return [super class]; }
@end
@implementation Shape (Category)
- (void)categoryMethod {}
@end
typedef void (^Block)(int);
void use(Shape *s, NSArray<Shape *> *shapes, NSMutableArray *m, NSDictionary *d, id anything) {
  @autoreleasepool {
    for (Shape *one in shapes) [one draw];
  }
  @try {
    @throw s;
  } @catch (Shape *e) {
  } @catch (...) {
    @throw;
  } @finally {
  }
  @synchronized(s) {
  }
  NSString *text = @"text";
  const char *encoding = @encode(Shape *);
  SEL selector = @selector(scale:by:);
  Protocol *p = @protocol(Drawable);
  NSNumber *n = @(1 + 2), *yes = @__objc_yes, *lit = @42, *c = @'c', *dbl = @1.5;
  NSArray *array = @[ text, n ];
  NSDictionary *dictionary = @{text : n};
  m[0] = array[1];
  anything = d[text];
  s.sides;
  s.name = text;
  s.name = s.name;
  __block int counter = 0;
  __weak Shape *weak = s;
  Block b = ^(int x) { counter += x; [weak draw]; };
  b(2);
  ^{ return 1; }();
  [s scale:1 by:2, 3];
  [Shape alloc];
  [anything draw];
  void *raw = (__bridge void *)s;
  id back = (__bridge_transfer id)raw;
  if (@available(macOS 10.15, *)) ;
  Class cls = [s class];
  void (^inner)(void) = ^{ (void)s; };
}
void outParameter(Shape *__autoreleasing *out);
void callOut(void) {
  Shape *local;
  outParameter(&local);
}
BOOL yes(void) { return __objc_yes; }
