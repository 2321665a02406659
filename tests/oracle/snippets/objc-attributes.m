// args: -x objective-c -fblocks -fobjc-arc -fobjc-weak --target=arm64-apple-ios15.0 -Wno-everything
#define A(...) __attribute__((__VA_ARGS__))
@class NSError; typedef const struct A(objc_bridge(NSError)) CF *CFRef; typedef struct A(objc_bridge_mutable(NSError)) CFM *CFMRef; typedef struct A(objc_bridge_related(NSError, errorWith:, asCF)) CFR *CFRR;
A(objc_root_class) @interface Root @end
A(objc_exception, objc_arc_weak_reference_unavailable, objc_requires_property_definitions, objc_subclassing_restricted, objc_runtime_name("R")) @interface Sub : Root { A(iboutlet) id outlet; A(iboutletcollection(Root)) id collection; }
- (void)action:(id)sender A(ibaction); - (id)family A(objc_method_family(init)); - (void)super A(objc_requires_super); - (id)autoreleased A(ns_returns_autoreleased); - (id)retained A(ns_returns_retained); - (id)notRetained A(ns_returns_not_retained); - (void)consumes A(ns_consumes_self); - (void)consumed:(id) A(ns_consumed) x; - (int *)inner A(objc_returns_inner_pointer); - (instancetype)init A(objc_designated_initializer); - (void)direct A(objc_direct); - (void)async:(void (^)(NSError *))handler A(swift_async(swift_private, 1)) A(swift_async_error(nonnull_error)); - (void)named A(swift_name("x()")) A(swift_private); - (void)asyncNamed:(int)a h:(void (^)(void))h A(swift_async_name("y(a:)")); - (BOOL)err:(NSError **)e A(swift_error(none)); @property A(NSObject) CFRef nsobject; @property(direct) int directProperty; - (void)once:(void (^)(void)) A(called_once) h; - (void)avail A(availability(ios, introduced = 9.0));
@end
A(objc_direct_members) @interface Direct : Root - (void)m; @end A(objc_nonlazy_class) @interface NonLazy : Root @end @implementation NonLazy @end A(objc_class_stub, objc_subclassing_restricted) @interface Stub : Root @end A(objc_runtime_visible) @interface Visible : Root @end A(objc_independent_class) typedef struct IC *ICRef; A(objc_non_runtime_protocol) @protocol NonRuntime @end A(objc_protocol_requires_explicit_implementation) @protocol Explicit @end A(swift_objc_members) @interface Members : Root @end A(swift_bridge("B")) @interface Bridged : Root @end typedef Root *BT A(swift_bridged_typedef); typedef int NT A(swift_newtype(struct)); A(swift_attr("@x")) void sa(void); A(swift_import_as_nongeneric) @interface NG : Root @end A(swift_import_property_as_accessors) @interface PA : Root @end A(ns_error_domain(domain)) enum E { e1 }; extern id domain;
A(cf_returns_retained) CFRef cr(void); A(cf_returns_not_retained) CFRef cn(void); void cc(CFRef A(cf_consumed) x); A(cf_audited_transfer) void ca(void); A(cf_unknown_transfer) void cu(void); extern int wi A(weak_import); void f(void) { A(objc_precise_lifetime) id p; __kindof Root *k; id A(objc_externally_retained) er; } A(objc_ownership(strong)) id owned; A(mig_server_routine) int mig(void); typedef struct A(objc_boxable) { int x; } Box;
#pragma clang arc_cf_code_audited begin
void audited(void);
#pragma clang arc_cf_code_audited end
@interface G<T : id> : Root @property id<Explicit, NonRuntime> both; - (G<T> *)g; @end
@class NSString;
extern NSString *const Domain;
enum __attribute__((ns_error_domain(Domain))) Errors { Failed };
typedef Root *Independent __attribute__((objc_independent_class));
@interface Never : Root
- (void)never __attribute__((noreturn));
@end
