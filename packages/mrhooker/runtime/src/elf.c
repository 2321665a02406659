/* Loaded objects and their symbols, read from the loader's own list. dlsym isn't used: it may
 * allocate, takes locks, and what it finds depends on who asks. */

#include "../x86-64/syscall.h"
#include "priv.h"
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

extern struct r_debug _r_debug;

enum { MAX_STUBS = 8 };
static struct link_map *stubs[MAX_STUBS];
static int stub_count;

struct link_map *mr_first_object(void) { return _r_debug.r_map; }

typedef struct visit {
  bool (*visit)(struct link_map *object, void *data);
  void *data;
} visit;

static int visit_all(struct dl_phdr_info *info, size_t size, void *data) {
  (void)info;
  (void)size;
  const visit *wanted = data;
  for (struct link_map *object = mr_first_object(); object; object = object->l_next)
    if (wanted->visit(object, wanted->data))
      break;
  return 1;
}

/* Until visit says true. Meanwhile no other thread adds an object, or takes one away. */
void mr_each_object(bool (*visit_one)(struct link_map *object, void *data), void *data) {
  visit wanted = {visit_one, data};
  dl_iterate_phdr(visit_all, &wanted);
}

bool mr_is_ours(struct link_map *object) {
  if (object == mr.self)
    return true;
  for (int i = 0; i < stub_count; i++)
    if (stubs[i] == object)
      return true;
  return false;
}

mr_tables mr_tables_of(const struct link_map *object) {
  mr_tables found = {0};
  size_t relocations_size = 0, plt_size = 0;
  for (const ElfW(Dyn) *entry = object->l_ld; entry->d_tag != DT_NULL; entry++) {
    uintptr_t value = entry->d_un.d_ptr;
    /* The loader has relocated these, but not where it could not write (the vDSO). */
    const void *pointer = (const void *)(value < object->l_addr ? value + object->l_addr : value);
    switch (entry->d_tag) {
    case DT_SYMTAB:
      found.symbols = pointer;
      break;
    case DT_STRTAB:
      found.strings = pointer;
      break;
    case DT_GNU_HASH:
      found.gnu_hash = pointer;
      break;
    case DT_HASH:
      found.hash = pointer;
      break;
    case DT_VERSYM:
      found.versions = pointer;
      break;
    case DT_RELA:
      found.relocations = pointer;
      break;
    case DT_RELASZ:
      relocations_size = entry->d_un.d_val;
      break;
    case DT_JMPREL:
      found.plt = pointer;
      break;
    case DT_PLTRELSZ:
      plt_size = entry->d_un.d_val;
      break;
    default:
      break;
    }
  }
  found.relocation_count = relocations_size / sizeof(ElfW(Rela));
  found.plt_count = plt_size / sizeof(ElfW(Rela));
  return found;
}

static uint32_t gnu_hash(const char *name) {
  uint32_t hash = 5381;
  for (; *name; name++)
    hash = hash * 33 + (uint8_t)*name;
  return hash;
}

static bool same(const char *a, const char *b) {
  while (*a && *a == *b)
    a++, b++;
  return *a == *b;
}

/* A definition that others may bind to, in its default version. */
static const ElfW(Sym) * accept(const mr_tables *in, uint32_t index, const char *name) {
  const ElfW(Sym) *symbol = &in->symbols[index];
  unsigned type = ELF64_ST_TYPE(symbol->st_info);
  if (symbol->st_shndx == SHN_UNDEF || (!symbol->st_value && type != STT_TLS))
    return NULL;
  if (type != STT_FUNC && type != STT_NOTYPE && type != STT_OBJECT && type != STT_GNU_IFUNC)
    return NULL;
  if (in->versions && (in->versions[index] & 0x8000))
    return NULL;
  return same(in->strings + symbol->st_name, name) ? symbol : NULL;
}

static const ElfW(Sym) * find_symbol(const mr_tables *in, const char *name) {
  if (!in->symbols || !in->strings)
    return NULL;
  if (in->gnu_hash) {
    uint32_t bucket_count = in->gnu_hash[0], first = in->gnu_hash[1], bloom_size = in->gnu_hash[2],
             shift = in->gnu_hash[3];
    const uint64_t *bloom = (const uint64_t *)&in->gnu_hash[4];
    const uint32_t *buckets = (const uint32_t *)&bloom[bloom_size], *chain = &buckets[bucket_count];
    if (!bucket_count || !bloom_size)
      return NULL;
    uint32_t hash = gnu_hash(name);
    uint64_t word = bloom[(hash / 64) % bloom_size],
             mask = 1ull << (hash % 64) | 1ull << ((hash >> shift) % 64);
    if ((word & mask) != mask)
      return NULL;
    uint32_t index = buckets[hash % bucket_count];
    if (index < first)
      return NULL;
    for (;; index++) {
      uint32_t entry = chain[index - first];
      if ((entry | 1) == (hash | 1)) {
        const ElfW(Sym) *symbol = accept(in, index, name);
        if (symbol)
          return symbol;
      }
      if (entry & 1)
        return NULL;
    }
  }
  if (!in->hash)
    return NULL;
  for (uint32_t index = 1; index < in->hash[1]; index++) {
    const ElfW(Sym) *symbol = accept(in, index, name);
    if (symbol)
      return symbol;
  }
  return NULL;
}

/* The number of symbols is only implied by the hash table. */
uint32_t mr_symbol_count(const mr_tables *in) {
  if (!in->symbols || !in->strings)
    return 0;
  if (in->hash)
    return in->hash[1];
  if (!in->gnu_hash)
    return 0;
  uint32_t bucket_count = in->gnu_hash[0], first = in->gnu_hash[1], bloom_size = in->gnu_hash[2],
           count = 0;
  const uint32_t *buckets = (const uint32_t *)((const uint64_t *)&in->gnu_hash[4] + bloom_size),
                 *chain = &buckets[bucket_count];
  for (uint32_t i = 0; i < bucket_count; i++)
    if (buckets[i] > count)
      count = buckets[i];
  if (count >= first && count)
    while (!(chain[count++ - first] & 1)) {
    }
  return count;
}

bool mr_is_function(const char *name) {
  bool found = false;
  for (struct link_map *object = mr_first_object(); object; object = object->l_next) {
    mr_tables in = mr_tables_of(object);
    const ElfW(Sym) *symbol = find_symbol(&in, name);
    if (!symbol)
      continue;
    unsigned type = ELF64_ST_TYPE(symbol->st_info);
    if (type != STT_FUNC && type != STT_GNU_IFUNC)
      return false;
    found = true;
  }
  return found;
}

void *mr_elf_lookup(struct link_map *object, const char *name) {
  mr_tables in = mr_tables_of(object);
  const ElfW(Sym) *symbol = find_symbol(&in, name);
  if (!symbol)
    return NULL;
  void *address = (void *)(object->l_addr + symbol->st_value);
  /* The resolver of an indirect function takes no argument on x86-64, and says which implementation
   * fits the CPU. */
  if (ELF64_ST_TYPE(symbol->st_info) == STT_GNU_IFUNC)
    address = ((void *(*)(void))address)();
  return address;
}

static struct link_map *find_self(void) {
  if (mr.self)
    return mr.self;
  uintptr_t here = (uintptr_t)&mr_elf_lookup;
  struct link_map *best = NULL;
  for (struct link_map *object = mr_first_object(); object; object = object->l_next)
    if (object->l_addr <= here && (!best || object->l_addr > best->l_addr))
      best = object;
  return mr.self = best;
}

static void *find_from(struct link_map *first, const char *name) {
  for (struct link_map *object = first; object; object = object->l_next) {
    if (mr_is_ours(object) && object != mr.self)
      continue;
    void *found = mr_elf_lookup(object, name);
    if (found)
      return found;
  }
  return NULL;
}

void *mr_find_next(const char *name) {
  struct link_map *self = find_self();
  void *found = self ? find_from(self->l_next, name) : NULL;
  /* The program's own functions stand before everything preloaded. */
  if (!found)
    found = mr_elf_lookup(mr_first_object(), name);
  return found;
}

void *mr_find_after_stubs(const char *name) {
  void *found = find_from(find_self(), name);
  if (!found)
    found = mr_elf_lookup(mr_first_object(), name);
  return found;
}

/* What a call ends in when no object defines its function. */
static long missing(void) {
  *(mr_self ? mr_self->errno_location : __errno_location()) = 38; /* ENOSYS */
  return -1;
}

void *const mr_missing_function = (void *)missing;

/* False when there is none: the original then fails with ENOSYS. */
bool mr_resolve(mr_function *function) {
  if (function->original && function->original != (void *)missing)
    return true;
  if (!(function->flags & MR_LOCAL)) {
    void *found = mr_find_after_stubs(function->name);
    if (found) {
      function->original = found;
      return true;
    }
  }
  function->original = (void *)missing;
  return false;
}

void mr_load_stubs(void) {
  struct link_map *self = find_self();
  uint32_t highest = 0;
  for (struct link_map *object = mr_first_object(); object && object != self;
       object = object->l_next) {
    const mr_stub *stub = mr_elf_lookup(object, "mrhooker_stub");
    if (!stub || stub->version != MR_STUB_VERSION || stub_count == MAX_STUBS)
      continue;
    stubs[stub_count++] = object;
    for (uint32_t i = 0; i < stub->count; i++)
      if (stub->functions[i].index >= highest)
        highest = stub->functions[i].index + 1;
  }
  if (mr.session && highest > mr.session->function_count)
    highest = mr.session->function_count;
  static mr_function *few[128];
  /* Those that are found by a pattern come behind. */
  size_t most = mr.session && mr.session->name_capacity ? mr.session->function_count : highest;
  mr.functions = most < sizeof few / sizeof *few ? few : mr_pages((most + 1) * sizeof *few, true);
  if (!mr.functions)
    return;
  mr.function_count = highest;
  for (int i = 0; i < stub_count; i++) {
    const mr_stub *stub = mr_elf_lookup(stubs[i], "mrhooker_stub");
    for (uint32_t j = 0; j < stub->count; j++) {
      mr_function *function = &stub->functions[j];
      if (function->index >= highest)
        continue;
      mr.functions[function->index] = function;
      *MR_OFFSET(function) = (uintptr_t)function->index * MR_REASONS * sizeof(uint64_t);
    }
  }
}

void *mr_hooked_export(const char *name) {
  for (int i = 0; i < stub_count; i++) {
    void *found = mr_elf_lookup(stubs[i], name);
    if (found)
      return found;
  }
  return mr_found_entry(name);
}

/* Calls visit for every reference of an object to a symbol by name. */
static void each_reference(struct link_map *object,
                           void (*visit)(struct link_map *, const char *, uintptr_t *)) {
  mr_tables in = mr_tables_of(object);
  for (int table = 0; table < 2; table++) {
    const ElfW(Rela) *entries = table ? in.plt : in.relocations;
    size_t count = table ? in.plt_count : in.relocation_count;
    for (size_t i = 0; entries && i < count; i++) {
      unsigned type = ELF64_R_TYPE(entries[i].r_info);
      if (type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT)
        continue;
      const ElfW(Sym) *symbol = &in.symbols[ELF64_R_SYM(entries[i].r_info)];
      visit(object, in.strings + symbol->st_name,
            (uintptr_t *)(object->l_addr + entries[i].r_offset));
    }
  }
}

static void bind_own(struct link_map *object, const char *name, uintptr_t *slot) {
  (void)object;
  if (!mr_hooked_export(name))
    return;
  void *original = mr_find_next(name);
  if (original)
    *slot = (uintptr_t)original; /* linked without read-only relocations */
}

void mr_bind_self(void) { each_reference(find_self(), bind_own); }

static void bind_hooked(struct link_map *object, const char *name, uintptr_t *slot) {
  if (!strcmp(name, "mrhooker_stub"))
    return;
  uintptr_t hooked = (uintptr_t)mr_hooked_export(name);
  if (!hooked || *slot == hooked)
    return;
  uintptr_t page = (uintptr_t)slot & ~4095ul;
  /* The loader may have made the table read-only; it stays writable for this one word's time only.
   */
  bool relro = false;
  uintptr_t value = *slot;
  if (mr_write(slot, &value, sizeof value) == false)
    relro = true;
  if (relro && mr_syscall3(SYS_mprotect, page, 4096, PROT_READ | PROT_WRITE) < 0)
    return;
  __atomic_store_n(slot, hooked, __ATOMIC_RELEASE);
  if (relro)
    mr_syscall3(SYS_mprotect, page, 4096, PROT_READ);
}

void mr_bind_object(struct link_map *object) {
  if (!mr_is_ours(object))
    each_reference(object, bind_hooked);
}

/* The address of the stub's entry for an original, or NULL. */
void *mr_hooked_for(void *original) {
  for (uint32_t i = 0; i < mr.function_count; i++) {
    mr_function *function = mr.functions[i];
    if (function && function->original == original && (function->flags & MR_HOOKED))
      return mr_hooked_export(function->name);
  }
  return NULL;
}

const char *mr_base_name(const char *path) {
  const char *base = path;
  for (; *path; path++)
    if (*path == '/')
      base = path + 1;
  return base;
}
