/* A process's begin and end, and its children: hooks go on after fork, and across exec even when a
 * program builds the environment anew. What is exported here stands behind the stubs and before
 * libc. */

#include "../x86-64/syscall.h"
#include "priv.h"
#include <alloca.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))real(#name, &(static_##name)))
#define CACHE(name) static _Atomic(void *) static_##name

static void *real(const char *name, _Atomic(void *) *cache) {
  void *found = atomic_load_explicit(cache, memory_order_relaxed);
  if (!found)
    atomic_store(cache, found = mr_find_next(name));
  return found;
}

static _Atomic uint32_t exit_run;

static void forked(void) {
  atomic_store(&exit_run, 0);
  mr_thread_forked();
}

static const char *value_of(char *const *environment, const char *name) {
  size_t length = strlen(name);
  for (; environment && *environment; environment++)
    if (!strncmp(*environment, name, length) && (*environment)[length] == '=')
      return *environment + length + 1;
  return NULL;
}

/* Takes what is ours out of the environment that children inherit; what else is preloaded stays. */
static void forget_hooks(char **envp) {
  const char *ours = (char *)mr.session + mr.session->preload_offset;
  size_t length = strlen(ours);
  char **to = envp;
  for (char **from = envp; *from; from++) {
    if (!strncmp(*from, "MRHOOKER=", 9))
      continue;
    if (!strncmp(*from, "LD_PRELOAD=", 11) && !strncmp(*from + 11, ours, length)) {
      const char *rest = *from + 11 + length;
      if (*rest != ':')
        continue;
      memmove(*from + 11, rest + 1, strlen(rest));
    }
    *to++ = *from;
  }
  *to = NULL;
}

/* All of the runtime's own pages in one go: most are needed, and a page fault for each costs many
 * times as much. Kernels before 5.14 refuse, and nothing is lost. */
static void touch_own_pages(void) {
  extern const ElfW(Ehdr) __ehdr_start MR_HIDDEN;
  const char *base = (const char *)&__ehdr_start;
  const ElfW(Phdr) *segments = (const ElfW(Phdr) *)(base + __ehdr_start.e_phoff);
  for (unsigned i = 0; i < __ehdr_start.e_phnum; i++) {
    if (segments[i].p_type != PT_LOAD)
      continue;
    uintptr_t begin = ((uintptr_t)base + segments[i].p_vaddr) & ~4095ul,
              end = (uintptr_t)base + segments[i].p_vaddr + segments[i].p_memsz;
    mr_syscall3(SYS_madvise, begin, end - begin,
                segments[i].p_flags & PF_W ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
  }
}

__attribute__((constructor)) static void begin(int argc, char **argv, char **envp) {
  const char *path = value_of(envp, "MRHOOKER");
  if (path)
    touch_own_pages();
  mr.pid = (uint32_t)mr_syscall3(SYS_getpid, 0, 0, 0);
  mr.argc = argc;
  mr.argv = argv;
  if (!path || !mr_session_open(path)) {
    mr_load_stubs();
    return;
  }
  mr_load_stubs();
  mr_bind_self();
  mr.following = mr.session->flags & MR_FOLLOW;
  mr.process = mr_process_claim();
  /* Only the first process has what stands for them; others inherit what is closed. */
  for (uint32_t fd = 0, closed = atomic_exchange(&mr.session->closed, 0); fd < 3; fd++)
    if (closed & 1u << fd)
      mr_syscall3(SYS_close, fd, 0, 0);
  mr_classes_create();
  mr_memory_begin();
  mr_symbols_begin();
  mr_find_names();
  mr_key_create();
  pthread_atfork(NULL, NULL, forked);
  if (!mr.following)
    forget_hooks(envp);
  atomic_store_explicit(&mr.ready, 1, memory_order_release);
  if (mr.session->flags & MR_EAGER) {
    mr_thread *thread = mr_thread_begin();
    if (thread)
      mr_thread_engine(thread);
  }
}

void mr_run_at_exit(void) {
  if (!atomic_load(&mr.ready) || !atomic_load(&mr.engines) || atomic_exchange(&exit_run, 1))
    return;
  mr_thread *thread = mr_self ? mr_self : mr_thread_begin();
  if (!thread || thread->ended || thread->busy || !mr_thread_engine(thread) ||
      JS_IsUndefined(thread->at_exit))
    return;
  if (!mr_stack_fits(thread, (uintptr_t)__builtin_frame_address(0)))
    return;
  thread->busy = MR_SCRIPT;
  thread->deadline = 0;
  for (uint32_t i = 0; i < thread->at_exit_count; i++) {
    JSValue handler = JS_GetPropertyUint32(thread->context, thread->at_exit, i);
    JSValue result = JS_Call(thread->context, handler, JS_UNDEFINED, 0, NULL);
    if (JS_IsException(result))
      mr_fault(thread, NULL, NULL, "callback");
    JS_FreeValue(thread->context, result);
    JS_FreeValue(thread->context, handler);
  }
  thread->busy = 0;
}

__attribute__((destructor)) static void end(void) {
  mr_run_at_exit();
  atomic_store(&mr.finished, 1);
}

MR_EXPORT void _exit(int status) {
  CACHE(_exit);
  mr_run_at_exit();
  REAL(_exit)(status);
  __builtin_unreachable();
}

MR_EXPORT void _Exit(int status) { _exit(status); }

/* libc's own doesn't run what pthread_atfork registered. */
MR_EXPORT pid_t _Fork(void) {
  CACHE(_Fork);
  pid_t pid = REAL(_Fork)();
  if (pid == 0 && mr.session)
    forked();
  return pid;
}

/* ---- environments */

static bool can_open(const char *path, size_t length, int mode) {
  char name[4096];
  if (length >= sizeof name)
    return true;
  memcpy(name, path, length);
  name[length] = 0;
  long fd = mr_syscall6(SYS_openat, AT_FDCWD, (long)name, mode | O_CLOEXEC, 0, 0, 0);
  if (fd >= 0)
    mr_syscall3(SYS_close, fd, 0, 0);
  return fd != -EACCES && fd != -ENOENT && fd != -ENOTDIR;
}

/* Whether a program that is started now will find the hooks: after a change of user or root
 * directory it may not, and the loader would say so on the program's standard error. */
static bool can_hook(void) {
  const char *path = (char *)mr.session + mr.session->path_offset,
             *at = (char *)mr.session + mr.session->preload_offset;
  while (*at) {
    const char *end = strchr(at, ':');
    size_t length = end ? (size_t)(end - at) : strlen(at);
    if (!can_open(at, length, O_RDONLY))
      return false;
    at += length + (end != NULL);
  }
  return can_open(path, strlen(path), O_RDWR);
}

/* @param ours whether the program that gets it is to have the hooks */
static bool is_complete(char *const *environment, bool ours) {
  if (!mr.session || !mr.following)
    return true;
  const char *preload = (char *)mr.session + mr.session->preload_offset,
             *path = (char *)mr.session + mr.session->path_offset;
  const char *has_preload = value_of(environment, "LD_PRELOAD"),
             *has_path = value_of(environment, "MRHOOKER");
  if (!ours)
    return !has_path && (!has_preload || !strstr(has_preload, preload));
  return has_preload && has_path && !strncmp(has_preload, preload, strlen(preload)) &&
         !strcmp(has_path, path) && can_hook();
}

static size_t count_of(char *const *list) {
  size_t count = 0;
  while (list && list[count])
    count++;
  return count;
}

/* What to pass on instead: in memory of the caller's, as a child of vfork must not allocate. */
#define COMPLETE(environment, ours)                                                                \
  (is_complete(environment, ours)                                                                  \
       ? (char **)(environment)                                                                    \
       : complete(environment, ours, alloca((count_of(environment) + 3) * sizeof(char *)),         \
                  alloca(complete_size(environment))))

static size_t complete_size(char *const *environment) {
  const char *preload = value_of(environment, "LD_PRELOAD");
  return 64 + strlen((char *)mr.session + mr.session->preload_offset) +
         (preload ? strlen(preload) : 0) + strlen((char *)mr.session + mr.session->path_offset);
}

static char *append(char *to, const char *text) {
  size_t length = strlen(text);
  memcpy(to, text, length + 1);
  return to + length;
}

/* A part of a list that colons separate, behind what is there from its begin. */
static char *append_part(char *to, const char *begin, const char *part, size_t length) {
  while (length && *part == ':')
    part++, length--;
  while (length && part[length - 1] == ':')
    length--;
  if (length && to != begin)
    *to++ = ':';
  memcpy(to, part, length);
  to[length] = 0;
  return to + length;
}

static char **complete(char *const *environment, bool ours, char **list, char *text) {
  const char *preload = (char *)mr.session + mr.session->preload_offset,
             *theirs = value_of(environment, "LD_PRELOAD");
  size_t count = 0, length = strlen(preload);
  for (char *const *entry = environment; entry && *entry; entry++)
    if (strncmp(*entry, "LD_PRELOAD=", 11) && strncmp(*entry, "MRHOOKER=", 9))
      list[count++] = *entry;
  bool hooked = ours && can_hook();
  char *entry = text, *value = append(text, "LD_PRELOAD="), *end = value;
  if (hooked)
    end = append(end, preload);
  if (theirs) {
    const char *old = strstr(theirs, preload), *behind = old ? old + length : NULL;
    end = append_part(end, value, theirs, old ? (size_t)(old - theirs) : strlen(theirs));
    if (behind)
      end = append_part(end, value, behind, strlen(behind));
  }
  if (end != value) {
    list[count++] = entry;
    text = end + 1;
  }
  if (hooked) {
    list[count++] = text;
    append(append(text, "MRHOOKER="), (char *)mr.session + mr.session->path_offset);
  }
  list[count] = NULL;
  return list;
}

/* Says what the loader would pass over in silence: a program that preloaded objects don't reach.
 * Whether it is to be told of them. */
static bool inspect(const char *path) {
  if (!mr.session || !mr.following || !path)
    return true;
  char found[4096];
  if (!strchr(path, '/')) {
    const char *folders = value_of(environ, "PATH");
    for (folders = folders ? folders : "/bin:/usr/bin"; *folders;) {
      const char *end = strchr(folders, ':');
      size_t length = end ? (size_t)(end - folders) : strlen(folders);
      if (length && length + strlen(path) + 2 < sizeof found) {
        memcpy(found, folders, length);
        found[length] = '/';
        strcpy(found + length + 1, path);
        if (mr_syscall3(SYS_access, found, X_OK, 0) == 0) {
          path = found;
          break;
        }
      }
      folders += length + (end != NULL);
    }
  }
  bool foreign;
  const char *why = mr_unreachable(path, &foreign);
  if (!can_hook())
    why = "started by a user, or in a root directory, without access to the hooks";
  if (!why || (!mr_self && !mr_thread_begin()) || mr_self->ended)
    return !foreign;
  char text[4300];
  snprintf(text, sizeof text, "%s: %s; its calls aren't hooked", path, why);
  mr_note(text);
  return !foreign;
}

/* By a descriptor, or a path that begins at one. */
static bool inspect_at(int fd, const char *path) {
  if (!path || *path == '/' || fd == AT_FDCWD)
    return inspect(path);
  char found[4096];
  snprintf(found, sizeof found, "/proc/self/fd/%d%s%s", fd, *path ? "/" : "", path);
  return inspect(found);
}

MR_EXPORT int execve(const char *path, char *const argv[], char *const envp[]) {
  CACHE(execve);
  bool ours = inspect(path);
  return REAL(execve)(path, argv, COMPLETE(envp, ours));
}

MR_EXPORT int execv(const char *path, char *const argv[]) { return execve(path, argv, environ); }

MR_EXPORT int execvpe(const char *file, char *const argv[], char *const envp[]) {
  CACHE(execvpe);
  bool ours = inspect(file);
  return REAL(execvpe)(file, argv, COMPLETE(envp, ours));
}

MR_EXPORT int execvp(const char *file, char *const argv[]) { return execvpe(file, argv, environ); }

MR_EXPORT int fexecve(int fd, char *const argv[], char *const envp[]) {
  CACHE(fexecve);
  bool ours = inspect_at(fd, "");
  return REAL(fexecve)(fd, argv, COMPLETE(envp, ours));
}

MR_EXPORT int execveat(int fd, const char *path, char *const argv[], char *const envp[],
                       int flags) {
  CACHE(execveat);
  bool ours = inspect_at(fd, path);
  return REAL(execveat)(fd, path, argv, COMPLETE(envp, ours), flags);
}

#define COLLECT(first)                                                                             \
  va_list list;                                                                                    \
  va_start(list, first);                                                                           \
  size_t count = 1;                                                                                \
  while (va_arg(list, char *))                                                                     \
    count++;                                                                                       \
  va_end(list);                                                                                    \
  char **argv = alloca((count + 1) * sizeof(char *));                                              \
  va_start(list, first);                                                                           \
  argv[0] = (char *)first;                                                                         \
  for (size_t i = 1; i <= count; i++)                                                              \
  argv[i] = va_arg(list, char *)

MR_EXPORT int execl(const char *path, const char *arg, ...) {
  const char *volatile first = arg; /* declared to be never NULL, which callers don't know */
  if (!first)
    return execve(path, (char *[]){NULL}, environ);
  COLLECT(arg);
  va_end(list);
  return execve(path, argv, environ);
}

MR_EXPORT int execlp(const char *file, const char *arg, ...) {
  const char *volatile first = arg; /* declared to be never NULL, which callers don't know */
  if (!first)
    return execvpe(file, (char *[]){NULL}, environ);
  COLLECT(arg);
  va_end(list);
  return execvpe(file, argv, environ);
}

MR_EXPORT int execle(const char *path, const char *arg, ...) {
  COLLECT(arg);
  char **envp = va_arg(list, char **);
  va_end(list);
  return execve(path, argv, envp);
}

MR_EXPORT int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                          const posix_spawnattr_t *attributes, char *const argv[],
                          char *const envp[]) {
  CACHE(posix_spawn);
  bool ours = inspect(path);
  return REAL(posix_spawn)(pid, path, actions, attributes, argv, COMPLETE(envp, ours));
}

MR_EXPORT int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                           const posix_spawnattr_t *attributes, char *const argv[],
                           char *const envp[]) {
  CACHE(posix_spawnp);
  bool ours = inspect(file);
  return REAL(posix_spawnp)(pid, file, actions, attributes, argv, COMPLETE(envp, ours));
}

/* These two start a shell with the process's environment; a program may have emptied it. */
MR_EXPORT int system(const char *command) {
  CACHE(system);
  bool ours = !command || inspect("/bin/sh");
  char **own = environ;
  environ = COMPLETE(own, ours);
  int status = REAL(system)(command);
  environ = own;
  return status;
}

MR_EXPORT FILE *popen(const char *command, const char *type) {
  CACHE(popen);
  bool ours = inspect("/bin/sh");
  char **own = environ;
  environ = COMPLETE(own, ours);
  FILE *stream = REAL(popen)(command, type);
  environ = own;
  return stream;
}

/* ---- objects that are loaded later */

static _Atomic uint32_t
    unbound; /* an object may have been loaded whose references pass the stubs by */

static bool bind(struct link_map *object, void *data) {
  (void)data;
  mr_bind_object(object);
  if (!object->l_next)
    mr_find_missed();
  return false;
}

static void bind_new(void) {
  if (atomic_exchange(&unbound, 0))
    mr_each_object(bind, NULL);
}

typedef void *open_function(const char *, int);
typedef void *symbol_function(void *, const char *);

/* Jumped through, as the loader looks at who calls: the caller's RUNPATH and $ORIGIN count. Only a
 * file named by its path, for which they don't, and which is to prefer its own libraries' symbols,
 * is loaded from here. */
MR_EXPORT void *dlopen(const char *file, int mode) {
  static _Atomic(void *) cache;
  open_function *next = (open_function *)real("dlopen", &cache);
  atomic_fetch_add(&mr_loads, 1);
  if (mr.session && mr.session->name_capacity)
    atomic_store(&unbound, 1);
  if (MR_LIKELY(!(mode & RTLD_DEEPBIND)) || !mr.session) __attribute__
    ((musttail)) return next(file, mode);
  atomic_store(&unbound, 1);
  if (!file || !strchr(file, '/')) __attribute__
    ((musttail)) return next(file, mode);
  void *handle = next(file, mode);
  bind_new();
  return handle;
}

MR_EXPORT void *dlsym(void *restrict handle, const char *restrict name) {
  static _Atomic(void *) cache;
  symbol_function *next = (symbol_function *)real("dlsym", &cache);
  if (mr.session && atomic_load_explicit(&unbound, memory_order_relaxed))
    bind_new();
  if (handle == RTLD_NEXT || handle == RTLD_DEFAULT || !mr.session) __attribute__
    ((musttail)) return next(handle, name);
  void *found = next(handle, name);
  if (!found || (mr_self && mr_self->busy))
    return found;
  void *hooked = mr_hooked_for(found);
  return hooked ? hooked : found;
}
