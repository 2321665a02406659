/* The symbol table of an object's file, or when that was stripped, of the file that holds what was
 * taken out: by build id, or by the name that the object says, as debuggers find it. Copied, not
 * mapped: a file that is overwritten meanwhile must not end the program. */

#include "../x86-64/syscall.h"
#include "priv.h"
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { PATH = 4096, BUILD_ID = 32 };
/* More than that nobody's symbols take; what a damaged file says is not believed. */
static const size_t LARGEST = 1ul << 30;

typedef struct elf_file {
  long fd;
  ElfW(Ehdr) header;
  ElfW(Shdr) * sections;
  size_t sections_size;
  uint8_t build_id[BUILD_ID];
  size_t build_id_size;
  char link[256]; /* the name of the file with what was taken out */
  uint32_t link_sum;
} elf_file;

static bool read_at(long fd, void *into, size_t size, uint64_t offset) {
  for (size_t done = 0; done < size;) {
    long got = mr_syscall6(SYS_pread64, fd, (long)((char *)into + done), (long)(size - done),
                           (long)(offset + done), 0, 0);
    if (got <= 0)
      return false;
    done += (size_t)got;
  }
  return true;
}

static void *read_new(long fd, size_t size, uint64_t offset) {
  if (!size || size > LARGEST)
    return NULL;
  void *pages = mr_pages(size, false);
  if (pages && !read_at(fd, pages, size, offset)) {
    mr_pages_free(pages, size);
    return NULL;
  }
  return pages;
}

static void read_build_id(elf_file *file, const ElfW(Shdr) * section) {
  struct {
    ElfW(Nhdr) note;
    char name[4];
    uint8_t id[BUILD_ID];
  } found = {0};
  size_t size = section->sh_size < sizeof found ? section->sh_size : sizeof found;
  if (size < sizeof found.note || !read_at(file->fd, &found, size, section->sh_offset))
    return;
  if (found.note.n_type != NT_GNU_BUILD_ID || found.note.n_namesz != 4 ||
      memcmp(found.name, "GNU", 4) || found.note.n_descsz > BUILD_ID ||
      sizeof found.note + 4 + found.note.n_descsz > size)
    return;
  file->build_id_size = found.note.n_descsz;
  memcpy(file->build_id, found.id, found.note.n_descsz);
}

static void read_link(elf_file *file, const ElfW(Shdr) * section) {
  size_t size = section->sh_size;
  if (size < 8 || size >= sizeof file->link ||
      !read_at(file->fd, file->link, size, section->sh_offset))
    return;
  memcpy(&file->link_sum, file->link + size - 4, 4);
  file->link[size - 4] = 0;
}

static void close_file(elf_file *file) {
  if (file->sections)
    mr_pages_free(file->sections, file->sections_size);
  if (file->fd >= 0)
    mr_syscall3(SYS_close, file->fd, 0, 0);
  file->sections = NULL;
  file->fd = -1;
}

static bool open_file(elf_file *file, const char *path) {
  memset(file, 0, sizeof *file);
  file->fd =
      mr_syscall6(SYS_openat, AT_FDCWD, (long)path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0, 0, 0);
  const ElfW(Ehdr) *header = &file->header;
  if (file->fd < 0 || !read_at(file->fd, &file->header, sizeof *header, 0) ||
      memcmp(header->e_ident, ELFMAG, SELFMAG) || header->e_ident[EI_CLASS] != ELFCLASS64 ||
      header->e_shentsize != sizeof(ElfW(Shdr)) || !header->e_shnum) {
    close_file(file);
    return false;
  }
  file->sections_size = header->e_shnum * sizeof(ElfW(Shdr));
  file->sections = read_new(file->fd, file->sections_size, header->e_shoff);
  if (!file->sections) {
    close_file(file);
    return false;
  }
  uint64_t names =
      header->e_shstrndx < header->e_shnum ? file->sections[header->e_shstrndx].sh_offset : 0;
  for (unsigned i = 0; i < header->e_shnum; i++) {
    const ElfW(Shdr) *section = &file->sections[i];
    char name[16] = "";
    if (section->sh_type == SHT_NOTE && !file->build_id_size)
      read_build_id(file, section);
    else if (section->sh_type == SHT_PROGBITS && names && !(section->sh_flags & SHF_ALLOC) &&
             read_at(file->fd, name, sizeof name - 1, names + section->sh_name) &&
             !strncmp(name, ".gnu_debuglink", 15))
      read_link(file, section);
  }
  return true;
}

static bool read_symbols(const elf_file *file, mr_symbol_file *out) {
  for (unsigned i = 0; i < file->header.e_shnum; i++) {
    const ElfW(Shdr) *section = &file->sections[i];
    if (section->sh_type != SHT_SYMTAB || section->sh_link >= file->header.e_shnum ||
        section->sh_entsize != sizeof(ElfW(Sym)))
      continue;
    const ElfW(Shdr) *strings = &file->sections[section->sh_link];
    if (strings->sh_type != SHT_STRTAB)
      continue;
    *out = (mr_symbol_file){.symbols_size = section->sh_size,
                            .strings_size = strings->sh_size,
                            .count = section->sh_size / sizeof(ElfW(Sym))};
    out->symbols = read_new(file->fd, section->sh_size, section->sh_offset);
    out->strings = read_new(file->fd, strings->sh_size, strings->sh_offset);
    if (out->symbols && out->strings)
      return true;
    mr_symbol_file_drop(out);
    return false;
  }
  return false;
}

/* CRC-32, by which a name alone is checked. */
static bool has_sum(long fd, uint32_t wanted) {
  uint32_t table[256], sum = UINT32_MAX;
  for (uint32_t i = 0; i < 256; i++) {
    table[i] = i;
    for (int bit = 0; bit < 8; bit++)
      table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320u : 0);
  }
  uint8_t bytes[4096];
  if (read_at(fd, bytes, 1, LARGEST))
    return false;
  for (uint64_t at = 0;;) {
    long got = mr_syscall6(SYS_pread64, fd, (long)bytes, sizeof bytes, (long)at, 0, 0);
    if (got <= 0)
      return got == 0 && ~sum == wanted;
    for (long i = 0; i < got; i++)
      sum = table[(sum ^ bytes[i]) & 255] ^ sum >> 8;
    at += (uint64_t)got;
  }
}

/* What was taken out of the object, in a file of its own; only if it is of this very object. */
static bool read_beside(const char *path, const elf_file *object, mr_symbol_file *out) {
  elf_file file;
  if (!open_file(&file, path))
    return false;
  bool fits = object->build_id_size
                  ? file.build_id_size == object->build_id_size &&
                        !memcmp(file.build_id, object->build_id, object->build_id_size)
                  : has_sum(file.fd, object->link_sum);
  bool found = fits && read_symbols(&file, out);
  close_file(&file);
  return found;
}

static bool find_beside(const char *path, const elf_file *object, mr_symbol_file *out) {
  char candidate[PATH];
  if (object->build_id_size > 1) {
    int length = snprintf(candidate, sizeof candidate, "/usr/lib/debug/.build-id/%02x/",
                          object->build_id[0]);
    for (size_t i = 1; i < object->build_id_size; i++)
      length += snprintf(candidate + length, sizeof candidate - (size_t)length, "%02x",
                         object->build_id[i]);
    snprintf(candidate + length, sizeof candidate - (size_t)length, ".debug");
    if (read_beside(candidate, object, out))
      return true;
  }
  if (!*object->link || strchr(object->link, '/'))
    return false;
  char folder[PATH] = "";
  if (*path == '/' && !strncmp(path, "/proc/self/exe", 15)) {
    long length = mr_syscall3(SYS_readlink, path, folder, sizeof folder - 1);
    folder[length > 0 ? length : 0] = 0;
  } else
    snprintf(folder, sizeof folder, "%s", path);
  *(char *)mr_base_name(folder) = 0;
  static const char *const before[] = {"", "", "/usr/lib/debug"}, *const behind[] = {"", ".debug/",
                                                                                     ""};
  for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
    int length = snprintf(candidate, sizeof candidate, "%s%s%s%s", before[i], folder, behind[i],
                          object->link);
    if (length < (int)sizeof candidate && read_beside(candidate, object, out))
      return true;
  }
  return false;
}

/* @param header of the object as it is loaded: its file may have been replaced since */
bool mr_symbol_file_read(const char *path, const void *header, mr_symbol_file *out) {
  elf_file file;
  ElfW(Ehdr) loaded;
  if (!mr_read(header, &loaded, sizeof loaded) || !open_file(&file, path))
    return false;
  bool found = !memcmp(&file.header, &loaded, sizeof loaded) &&
               (read_symbols(&file, out) || find_beside(path, &file, out));
  close_file(&file);
  return found;
}

void mr_symbol_file_drop(mr_symbol_file *file) {
  if (file->symbols)
    mr_pages_free(file->symbols, file->symbols_size);
  if (file->strings)
    mr_pages_free(file->strings, file->strings_size);
  *file = (mr_symbol_file){0};
}
