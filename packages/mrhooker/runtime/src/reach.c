/* Whether hooks reach a program that is about to be started, as its file says. */

#include "../x86-64/syscall.h"
#include "priv.h"
#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* Of a script's first line the kernel looks at so much. */
enum { SEGMENTS = 32, INTERPRETERS = 5, LINE = 256, LOADER = 512 };

typedef union head {
  struct {
    ElfW(Ehdr) header;
    ElfW(Phdr) segments[SEGMENTS];
  };
  char text[sizeof(ElfW(Ehdr)) + SEGMENTS * sizeof(ElfW(Phdr))];
} head;

/* Of a script; false: it is none. */
static bool read_interpreter(const head *file, long size, char *path) {
  if (size > LINE)
    size = LINE;
  if (size < 3 || file->text[0] != '#' || file->text[1] != '!')
    return false;
  long begin = 2, end;
  while (begin < size && (file->text[begin] == ' ' || file->text[begin] == '\t'))
    begin++;
  for (end = begin; end < size && !strchr(" \t\n", file->text[end]); end++) {
  }
  memcpy(path, file->text + begin, (size_t)(end - begin));
  path[end - begin] = 0;
  return end > begin;
}

/* The loader that it names; false: none. */
static bool read_loader(const head *file, long file_size, long fd, char *path) {
  long read = (file_size - (long)sizeof file->header) / (long)sizeof *file->segments;
  for (long i = 0; i < file->header.e_phnum && i < read; i++) {
    const ElfW(Phdr) *segment = &file->segments[i];
    if (segment->p_type != PT_INTERP)
      continue;
    size_t size = segment->p_filesz < LOADER ? segment->p_filesz : LOADER - 1;
    long got = mr_syscall6(SYS_pread64, fd, (long)path, (long)size, (long)segment->p_offset, 0, 0);
    path[got > 0 ? got : 0] = 0;
    return true;
  }
  return false;
}

static const char *look(const head *file, long size, long fd, bool *foreign) {
  char loader[LOADER];
  if (size < (long)sizeof file->header || memcmp(file->header.e_ident, ELFMAG, SELFMAG))
    return NULL;
  *foreign = file->header.e_ident[EI_CLASS] != ELFCLASS64 || file->header.e_machine != EM_X86_64;
  if (*foreign)
    return "a program for another processor";
  if (file->header.e_phoff == sizeof file->header) {
    if (!read_loader(file, size, fd, loader))
      return "statically linked";
    if ((*foreign = !strstr(loader, "ld-linux")))
      return "made for another C library";
  }
  struct stat status;
  long user = mr_syscall3(SYS_geteuid, 0, 0, 0), group = mr_syscall3(SYS_getegid, 0, 0, 0);
  if (mr_syscall3(SYS_fstat, fd, &status, 0) == 0 &&
      (((status.st_mode & S_ISUID) && status.st_uid != (uid_t)user) ||
       ((status.st_mode & S_ISGID) && status.st_gid != (gid_t)group)))
    return "setuid or setgid";
  if (mr_syscall3(SYS_getuid, 0, 0, 0) != user || mr_syscall3(SYS_getgid, 0, 0, 0) != group)
    return "started with the rights of two users";
  return NULL;
}

/* Why they don't; NULL: they do, or nobody knows.
 * @param foreign set when its loader would try to load what is ours, and fail */
const char *mr_unreachable(const char *path, bool *foreign) {
  head file;
  char interpreter[LINE];
  const char *why = NULL;
  bool script = true;
  *foreign = false;
  for (int i = 0; script && i < INTERPRETERS; i++) {
    long fd =
        mr_syscall6(SYS_openat, AT_FDCWD, (long)path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0, 0, 0);
    if (fd < 0)
      return NULL;
    long size = mr_syscall3(SYS_read, fd, &file, sizeof file);
    script = read_interpreter(&file, size, interpreter);
    if (script)
      path = interpreter;
    else
      why = look(&file, size, fd, foreign);
    mr_syscall3(SYS_close, fd, 0, 0);
  }
  return why;
}
