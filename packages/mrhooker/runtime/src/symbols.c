/* Whose code an address is: the loaded object, and the function by name. Exported names are in the
 * object's memory; the others, of static functions, only in its file or in one beside it
 * (symbol-file.c). Both are put in order when a name of the object is first asked for. */

#include "priv.h"
#include <dlfcn.h>
#include <elf.h>
#include <string.h>

_Atomic uint32_t mr_loads;

typedef struct table {
  size_t count;
  const char *strings;
  mr_symbol *symbols; /* by their start, one for each */
} table;

enum { RANGES = 8 };

/* An object that was loaded once. Never freed: another thread may be looking. */
typedef struct module {
  struct module *next;
  struct link_map *object;
  ElfW(Addr) base;
  const void *dynamic;
  const void *header;
  uint64_t notes; /* a hash of them: with the build id, which no other object has */
  struct {
    uintptr_t begin, end;
  } ranges[RANGES];
  _Atomic(table *) table;
  _Atomic uint32_t loads; /* when it was last seen to be still itself */
} module;

static _Atomic(module *) modules;

/* Of C libraries since 2.35, which need no lock for it. NULL: older. */
static __typeof__(_dl_find_object) *find_object;

static bool holds(const module *known, uintptr_t address) {
  for (int i = 0; i < RANGES; i++)
    if (address >= known->ranges[i].begin && address < known->ranges[i].end)
      return true;
  return false;
}

static uint64_t hash_of(uint64_t hash, const void *address, size_t size) {
  uint8_t bytes[512];
  if (size > sizeof bytes)
    size = sizeof bytes;
  if (!mr_read(address, bytes, size))
    return hash;
  for (size_t i = 0; i < size; i++)
    hash = (hash ^ bytes[i]) * 1099511628211u;
  return hash;
}

static bool describe(struct link_map *object, module *of) {
  enum { SEGMENTS = 32 };
  /* The headers are mapped at the begin of the file's first segment, which for a program is not at
   * l_addr. */
  uintptr_t base = object->l_addr;
  if (object == mr_first_object() && !base)
    base = 0x400000;
  ElfW(Ehdr) header;
  ElfW(Phdr) segments[SEGMENTS];
  if (!mr_read((void *)base, &header, sizeof header) || memcmp(header.e_ident, ELFMAG, SELFMAG))
    return false;
  unsigned segment_count = header.e_phnum < SEGMENTS ? header.e_phnum : SEGMENTS, count = 0;
  if (!mr_read((char *)base + header.e_phoff, segments, segment_count * sizeof *segments))
    return false;
  of->object = object;
  of->base = object->l_addr;
  of->dynamic = object->l_ld;
  of->header = (void *)base;
  of->notes = 14695981039346656037u;
  for (unsigned i = 0; i < segment_count; i++) {
    uintptr_t begin = object->l_addr + segments[i].p_vaddr;
    if (segments[i].p_type == PT_NOTE)
      of->notes = hash_of(of->notes, (void *)begin, segments[i].p_memsz);
    if (segments[i].p_type != PT_LOAD || count == RANGES)
      continue;
    of->ranges[count].begin = begin;
    of->ranges[count++].end = begin + segments[i].p_memsz;
  }
  return true;
}

/* Another object may have been loaded in its place since. */
static bool is_of(module *known, struct link_map *object) {
  if (known->object != object || known->base != object->l_addr || known->dynamic != object->l_ld)
    return false;
  uint32_t loads = atomic_load(&mr_loads);
  module now = {0};
  if (atomic_load(&known->loads) != loads) {
    if (!describe(object, &now) || now.notes != known->notes)
      return false;
    atomic_store(&known->loads, loads);
  }
  return true;
}

static module *learn(struct link_map *object) {
  module *fresh = mr_pages(sizeof *fresh, false);
  if (!fresh)
    return NULL;
  atomic_store(&fresh->loads, atomic_load(&mr_loads));
  if (!describe(object, fresh)) {
    mr_pages_free(fresh, sizeof *fresh);
    return NULL;
  }
  fresh->next = atomic_load(&modules);
  while (!atomic_compare_exchange_weak(&modules, &fresh->next, fresh)) {
  }
  return fresh;
}

static module *module_for(struct link_map *object) {
  module *known = atomic_load(&modules);
  while (known && !is_of(known, object))
    known = known->next;
  return known ? known : learn(object);
}

typedef struct search {
  uintptr_t address;
  module *found;
} search;

static bool is_in(struct link_map *object, void *data) {
  search *wanted = data;
  module *of = module_for(object);
  if (of && holds(of, wanted->address))
    wanted->found = of;
  return wanted->found != NULL;
}

/* Libraries come and go in other threads; not the one whose code is running. */
static module *module_of(uintptr_t address) {
  if (find_object) {
    struct dl_find_object found;
    return find_object((void *)address, &found) ? NULL : module_for(found.dlfo_link_map);
  }
  search wanted = {address, NULL};
  mr_each_object(is_in, &wanted);
  return wanted.found;
}

void mr_symbols_begin(void) { find_object = mr_find_next("_dl_find_object"); }

struct link_map *mr_object_of(const void *address) {
  module *found = module_of((uintptr_t)address);
  return found ? found->object : NULL;
}

/* ---- tables */

static bool is_function(const ElfW(Sym) * symbol) {
  unsigned type = ELF64_ST_TYPE(symbol->st_info);
  return symbol->st_shndx != SHN_UNDEF && (type == STT_FUNC || type == STT_GNU_IFUNC);
}

/* Of functions that begin at the same place the last in this order is kept: one that says how long
 * it is, then one whose name others can call it by. */
static bool is_before(const mr_symbol *a, const mr_symbol *b, uint32_t exported) {
  if (a->start != b->start)
    return a->start < b->start;
  if (!a->size != !b->size)
    return !a->size;
  return a->name >= exported && b->name < exported;
}

/* Heap sort: no memory, and no worst case. */
static void sift(mr_symbol *symbols, size_t root, size_t count, uint32_t exported) {
  for (size_t child; (child = root * 2 + 1) < count; root = child) {
    if (child + 1 < count && is_before(&symbols[child], &symbols[child + 1], exported))
      child++;
    if (!is_before(&symbols[root], &symbols[child], exported))
      return;
    mr_symbol other = symbols[root];
    symbols[root] = symbols[child];
    symbols[child] = other;
  }
}

static void sort(mr_symbol *symbols, size_t count, uint32_t exported) {
  for (size_t i = count / 2; i-- > 0;)
    sift(symbols, i, count, exported);
  for (size_t last = count; last-- > 1;) {
    mr_symbol first = symbols[0];
    symbols[0] = symbols[last];
    symbols[last] = first;
    sift(symbols, 0, last, exported);
  }
}

typedef struct writer {
  mr_symbol *symbols;
  char *strings;
  size_t count, size;
} writer;

/* Counts, or where there is room writes. */
static void add(writer *out, const ElfW(Sym) * symbol, const char *name, size_t limit) {
  size_t length = strnlen(name, limit);
  if (length == limit || out->size + length >= UINT32_MAX)
    return;
  if (out->symbols) {
    memcpy(out->strings + out->size, name, length + 1);
    out->symbols[out->count] = (mr_symbol){
        symbol->st_value, symbol->st_size < UINT32_MAX ? (uint32_t)symbol->st_size : UINT32_MAX,
        (uint32_t)out->size};
  }
  out->count++;
  out->size += length + 1;
}

/* @return the size of the exported names, which come first */
static size_t add_all(writer *out, const mr_tables *in, const mr_symbol_file *file) {
  uint32_t count = mr_symbol_count(in);
  for (uint32_t i = 1; i < count; i++)
    if (is_function(&in->symbols[i]))
      add(out, &in->symbols[i], in->strings + in->symbols[i].st_name, UINT32_MAX);
  size_t exported = out->size;
  for (size_t i = 0; i < file->count; i++)
    if (is_function(&file->symbols[i]) && file->symbols[i].st_name < file->strings_size)
      add(out, &file->symbols[i], file->strings + file->symbols[i].st_name,
          file->strings_size - file->symbols[i].st_name);
  return exported;
}

static table *make_table(const module *of) {
  mr_tables in = mr_tables_of(of->object);
  mr_symbol_file file = {0};
  const char *path = *of->object->l_name ? of->object->l_name : "/proc/self/exe";
  /* What has no path, as what the kernel brings along, has no file. */
  if (strchr(path, '/'))
    mr_symbol_file_read(path, of->header, &file);
  writer need = {0};
  add_all(&need, &in, &file);
  size_t head = sizeof(table) + need.count * sizeof(mr_symbol), whole = head + need.size + 1;
  table *made = mr_pages(whole, false);
  if (made) {
    writer out = {.symbols = (mr_symbol *)(made + 1), .strings = (char *)made + head};
    uint32_t exported = (uint32_t)add_all(&out, &in, &file);
    sort(out.symbols, out.count, exported);
    size_t kept = 0;
    for (size_t i = 0; i < out.count; i++)
      if (i + 1 == out.count || out.symbols[i].start != out.symbols[i + 1].start)
        out.symbols[kept++] = out.symbols[i];
    *made = (table){kept, out.strings, out.symbols};
  }
  mr_symbol_file_drop(&file);
  return made;
}

static const table *table_of(module *of) {
  table *known = atomic_load(&of->table);
  if (known)
    return known;
  table *made = make_table(of);
  /* Another thread may have made it at the same time; it is left where it is, as this is rare. */
  if (made && !atomic_compare_exchange_strong(&of->table, &known, made))
    return known;
  return made;
}

/* The innermost function that holds the address; of one that doesn't say how long it is, what is
 * behind it up to the next. */
static const mr_symbol *find(const table *in, uint64_t wanted) {
  enum { AROUND = 16 }; /* functions that begin in a longer one, at most */
  size_t low = 0, high = in->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (in->symbols[middle].start <= wanted)
      low = middle + 1;
    else
      high = middle;
  }
  for (size_t i = low; i > 0 && low - i < AROUND; i--) {
    const mr_symbol *symbol = &in->symbols[i - 1];
    if (symbol->size ? wanted - symbol->start < symbol->size : i == low)
      return symbol;
  }
  return NULL;
}

const char *mr_symbol_of(const void *address, struct link_map **object, uintptr_t *start) {
  *start = 0;
  module *found = module_of((uintptr_t)address);
  *object = found ? found->object : NULL;
  const table *names = found ? table_of(found) : NULL;
  const mr_symbol *symbol = names ? find(names, (uintptr_t)address - found->base) : NULL;
  if (!symbol)
    return NULL;
  *start = found->base + symbol->start;
  return names->strings + symbol->name;
}
