// Objective-C: classes, categories, protocols, properties, literals, exceptions, fast enumeration.
typedef struct objc_object *id;
typedef struct objc_class *Class;
typedef struct objc_selector *SEL;
typedef signed char BOOL;
typedef unsigned long NSUInteger;
typedef struct { NSUInteger state; id __unsafe_unretained *itemsPtr; NSUInteger *mutationsPtr; NSUInteger extra[5]; } NSFastEnumerationState;
@protocol NSCopying @end
@protocol Painted;
@protocol Painted <NSCopying>
@required
- (void)paint;
@optional
- (int)strength:(int)a;
@property(readonly, nonatomic) int colour;
@end
__attribute__((objc_root_class)) @interface NSObject { Class isa; }
+ (instancetype)alloc;
- (instancetype)init;
- (void)dealloc;
@end
@interface NSNumber : NSObject
+ (NSNumber *)numberWithInt:(int)v;
+ (NSNumber *)numberWithBool:(BOOL)v;
@end
@interface NSString : NSObject @end
@interface NSConstantString : NSString @end
@interface NSArray<__covariant T> : NSObject
+ (instancetype)arrayWithObjects:(const T[])o count:(NSUInteger)c;
- (T)objectAtIndexedSubscript:(NSUInteger)i;
- (NSUInteger)countByEnumeratingWithState:(NSFastEnumerationState *)s objects:(id __unsafe_unretained[])b count:(NSUInteger)l;
@end
@interface NSDictionary<K, V> : NSObject
+ (instancetype)dictionaryWithObjects:(const V[])o forKeys:(const K[])k count:(NSUInteger)c;
- (V)objectForKeyedSubscript:(K)k;
@end
@class Later, Protocol;
@compatibility_alias Root NSObject;
__attribute__((availability(macos, introduced = 10.4, deprecated = 10.6, message = "old")))
@interface Shape : NSObject <Painted> {
@public
  int width;
@protected
  int height;
@private
  Shape *next;
@package
  unsigned flags : 3;
}
@property(nonatomic, strong, getter=theName, setter=putName:) NSString *name;
@property(copy) NSArray<NSString *> *list;
@property(readonly, class) int shared;
@property(weak, nullable) id owner;
@property int automatic;
- (instancetype)initWithWidth:(int)w height:(int)h __attribute__((objc_designated_initializer));
+ (id)shape:(int)n, ...;
- (void)old __attribute__((deprecated));
@end
@interface Shape () @property int hidden; @end
@interface Shape (Drawing) <NSCopying>
- (void)draw;
@end
@interface Square : Shape @end
@implementation Square
- (void)paint { [super paint]; }
- (int)colour { return 2; }
@end
@implementation Shape { int extra; }
@synthesize name = _other;
@synthesize list;
@dynamic owner;
@dynamic hidden;
+ (int)shared { return 1; }
- (int)colour { return 1; }
- (void)paint { self->width = 3; height = self.automatic; self.automatic += 2; extra = _cmd != 0; }
- (instancetype)initWithWidth:(int)w height:(int)h { if ((self = [super init])) { width = w; } return self; }
- (instancetype)init { return [self initWithWidth:1 height:2]; }
+ (id)shape:(int)n, ... { return [[self alloc] init]; }
- (void)old {}
@end
@implementation Shape (Drawing)
- (void)draw {
  @try { @throw self; }
  @catch (NSString *s) { @throw; }
  @catch (...) { }
  @finally { width = 0; }
  @synchronized(self) { height++; }
  @autoreleasepool { [self paint]; }
  NSArray *array = @[ @1, @"two", @(width) ];
  NSDictionary *dictionary = @{ @"a" : @1 };
  for (id x in array) { (void)x; }
  id element = array[0], value = dictionary[@"a"];
  SEL selector = @selector(initWithWidth:height:);
  id p = @protocol(Painted);
  const char *encoded = @encode(int);
  BOOL yes = __objc_yes;
  [Shape shape:1, 2];
  void (^b)(void) = ^{ [self draw]; };
  __weak id weak = self;
  __strong id strong = weak;
  id<Painted, NSCopying> painted = self;
  if (__builtin_available(macos 10.15, *)) b();
  Class c = [self class];
  (void)element, (void)value, (void)selector, (void)p, (void)encoded, (void)yes, (void)strong, (void)painted, (void)c;
}
- (Class)class { return 0; }
@end
