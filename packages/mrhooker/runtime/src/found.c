/* Functions that a script asks for by pattern and that no stub exports: those that a program other
 * than the command calls, which the launcher did not know of. They are found when the process
 * begins, before any of its code runs, and the references to them are changed. */

#include "../x86-64/syscall.h"
#include "priv.h"
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

/* The code of a group is on a page of its own, its records are behind it. */
enum { CODE = 16, GROUP = 4096 / CODE, GROUP_SIZE = 4096 + GROUP * sizeof(mr_function) };
_Static_assert(sizeof(mr_function) % 16 == 0, "records lie one behind the other");

typedef struct group {
  uint8_t code[GROUP][CODE];
  mr_function functions[GROUP];
} group;

enum { GROUPS = 8 };
static group *groups[GROUPS];
static uint32_t count;

static mr_function *function_at(uint32_t i) { return &groups[i / GROUP]->functions[i % GROUP]; }
static void *code_at(uint32_t i) { return groups[i / GROUP]->code[i % GROUP]; }

static const char *at(uint64_t offset) { return (const char *)mr.session + offset; }

/* A list ends with an empty text. */
static bool matches_one(const char *list, const char *name) {
  for (; *list; list += strlen(list) + 1)
    if (mr_glob(list, name))
      return true;
  return false;
}

/* By the hash of their name: the number plus one, or 0. */
enum { PLACES = GROUPS * GROUP * 2 };
static uint16_t *places;

static uint16_t *place_of(const char *name) {
  uint32_t hash = 2166136261u;
  for (const char *c = name; *c; c++)
    hash = (hash ^ (uint8_t)*c) * 16777619u;
  uint32_t place = hash % PLACES;
  while (places[place] && strcmp(function_at(places[place] - 1u)->name, name))
    place = (place + 1) % PLACES;
  return &places[place];
}

static int index_of(const char *name) { return places ? *place_of(name) - 1 : -1; }

void *mr_found_entry(const char *name) {
  int i = index_of(name);
  return i < 0 ? NULL : code_at((uint32_t)i);
}

/* The number of a name in this run: processes that find the same one count for it together. */
static mr_name *number_of(const char *name) {
  size_t length = strlen(name);
  if (length >= sizeof((mr_name *)0)->text)
    return NULL;
  mr_name *names = (mr_name *)at(mr.session->names_offset);
  static uint32_t there; /* so many of them have their pages */
  for (uint32_t i = 0; i < mr.session->name_capacity; i++) {
    uint32_t state = MR_NAME_FREE;
    if (i >= there) {
      if (!mr_have_pages(&names[i], 4096))
        return NULL;
      there = i + 4096 / sizeof *names;
    }
    if (atomic_compare_exchange_strong(&names[i].state, &state, MR_NAME_CLAIMED)) {
      memcpy(names[i].text, name, length + 1);
      atomic_store(&names[i].state, MR_NAME_READY);
      return &names[i];
    }
    /* Whoever has claimed it writes a name, which may be this one. One that is claimed for ever, as
     * its process was killed, is nobody's. */
    for (int waited = 0; state == MR_NAME_CLAIMED && waited < 10000; waited++)
      state = atomic_load(&names[i].state);
    if (state == MR_NAME_READY && !strcmp(names[i].text, name))
      return &names[i];
  }
  return NULL;
}

static bool add(const char *name) {
  if (!places)
    places = mr_pages(PLACES * sizeof *places, false);
  if (!places || count == GROUPS * GROUP)
    return false;
  group *in = groups[count / GROUP];
  if (!in) {
    in = mr_pages(GROUP_SIZE, false);
    if (!in)
      return false;
    groups[count / GROUP] = in;
  }
  mr_name *known = number_of(name);
  if (!known)
    return false;
  uint32_t i = count % GROUP;
  /* endbr64; lea record(%rip), %r11; jmp *(%r11) */
  static const uint8_t code[CODE] = {0xf3, 0x0f, 0x1e, 0xfa, 0x4c, 0x8d, 0x1d, 0,
                                     0,    0,    0,    0x41, 0xff, 0x23, 0xcc, 0xcc};
  memcpy(in->code[i], code, CODE);
  int32_t distance = (int32_t)((char *)&in->functions[i] - (char *)&in->code[i][11]);
  memcpy(&in->code[i][7], &distance, sizeof distance);
  uint32_t number =
      mr.session->first_name + (uint32_t)(known - (mr_name *)at(mr.session->names_offset));
  bool forward = matches_one(at(mr.session->forwarded_offset), name);
  in->functions[i] = (mr_function){.entry = (void *)mrhooker_entry,
                                   .name = known->text,
                                   .index = number,
                                   .family = number,
                                   .flags = MR_HOOKED | MR_GENERIC | (forward ? MR_FORWARD : 0)};
  *MR_OFFSET(&in->functions[i]) = (uintptr_t)number * MR_REASONS * sizeof(uint64_t);
  *place_of(known->text) = (uint16_t)++count;
  return true;
}

static bool references(unsigned type) {
  return type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT || type == R_X86_64_64;
}

static void each(struct link_map *object, void (*visit)(const ElfW(Sym) * symbol, const char *name,
                                                        uintptr_t *slot, unsigned type)) {
  mr_tables in = mr_tables_of(object);
  for (int table = 0; table < 2; table++) {
    const ElfW(Rela) *entries = table ? in.plt : in.relocations;
    size_t size = table ? in.plt_count : in.relocation_count;
    for (size_t i = 0; entries && i < size; i++) {
      const ElfW(Sym) *symbol = &in.symbols[ELF64_R_SYM(entries[i].r_info)];
      unsigned type = ELF64_R_TYPE(entries[i].r_info);
      if (symbol != in.symbols && references(type) && !entries[i].r_addend)
        visit(symbol, in.strings + symbol->st_name,
              (uintptr_t *)(object->l_addr + entries[i].r_offset), type);
    }
  }
}

/* The loader looks for what it calls by itself; what the kernel brings along calls nothing. */
static bool is_programs(struct link_map *object) {
  return !mr_is_ours(object) && strncmp(mr_base_name(object->l_name), "ld-linux", 8) &&
         strncmp(mr_base_name(object->l_name), "linux-vdso", 10);
}

/* Whether a script means it by a pattern, and no stub exports it. What an object has and refers to
 * itself is not meant: the launcher looks at what objects import, too. */
static bool is_wanted(const ElfW(Sym) * symbol, const char *name) {
  return symbol->st_shndx == SHN_UNDEF && matches_one(at(mr.session->globs_offset), name) &&
         !mr_hooked_export(name) && !matches_one(at(mr.session->internal_offset), name) &&
         mr_is_function(name);
}

static void find(const ElfW(Sym) * symbol, const char *name, uintptr_t *slot, unsigned type) {
  (void)slot;
  (void)type;
  if (is_wanted(symbol, name) && !add(name))
    atomic_fetch_or(&mr.session->unnamed, MR_NO_ROOM);
}

/* Pages that the loader has made read-only are writable as long as slots of theirs are changed. */
static uintptr_t open_page;
static bool open_was_closed;

static void close_page(void) {
  if (open_page && open_was_closed)
    mr_syscall3(SYS_mprotect, open_page, 4096, PROT_READ);
  open_page = 0;
}

static void set(uintptr_t *slot, uintptr_t value) {
  uintptr_t page = (uintptr_t)slot & ~4095ul;
  if (page != open_page) {
    close_page();
    uintptr_t same = *slot;
    open_was_closed = !mr_write(slot, &same, sizeof same);
    if (open_was_closed && mr_syscall3(SYS_mprotect, page, 4096, PROT_READ | PROT_WRITE) < 0)
      return;
    open_page = page;
  }
  *slot = value;
}

static void bind(const ElfW(Sym) * symbol, const char *name, uintptr_t *slot, unsigned type) {
  (void)symbol;
  int i = index_of(name);
  if (i < 0 || !*slot)
    return;
  mr_function *function = function_at((uint32_t)i);
  if (!function->original)
    mr_resolve(function);
  /* A slot that is only called through may hold the way to the loader. Others hold the function's
   * address, or a place in the program that stands for it, which then stays what all compare with.
   */
  if (type == R_X86_64_JUMP_SLOT || *slot == (uintptr_t)function->original)
    set(slot, (uintptr_t)code_at((uint32_t)i));
}

static struct link_map *last; /* of those that are there from the start */

void mr_find_names(void) {
  if (!mr.session->name_capacity || !mr.functions)
    return;
  for (struct link_map *object = mr_first_object(); object; object = object->l_next) {
    if (is_programs(object))
      each(object, find);
    last = object;
  }
  if (!count)
    return;
  for (uint32_t i = 0; i < GROUPS && groups[i]; i++)
    if (mr_syscall3(SYS_mprotect, groups[i]->code, 4096, PROT_READ | PROT_EXEC) < 0) {
      places = NULL;
      atomic_fetch_or(&mr.session->unnamed, MR_NO_ROOM);
      return;
    }
  for (uint32_t i = 0; i < count; i++) {
    mr_function *function = function_at(i);
    mr.functions[function->index] = function;
    if (function->index >= mr.function_count)
      mr.function_count = function->index + 1;
  }
  for (struct link_map *object = mr_first_object(); object; object = object->l_next)
    if (is_programs(object))
      each(object, bind);
  close_page();
}

static struct link_map *looked_at;

static void miss(const ElfW(Sym) * symbol, const char *name, uintptr_t *slot, unsigned type) {
  (void)slot;
  (void)type;
  if ((atomic_load(&mr.session->unnamed) & MR_LOADED_LATER) || !is_wanted(symbol, name) ||
      (!mr_self && !mr_thread_begin()) || mr_self->ended)
    return;
  char text[512];
  snprintf(text, sizeof text,
           "%s, which was loaded later, calls %s: a pattern means what is called at the start; "
           "hook it by its name",
           mr_base_name(looked_at->l_name), name);
  mr_note(text);
  atomic_fetch_or(&mr.session->unnamed, MR_LOADED_LATER);
}

/* Says once what is not hooked in objects that were loaded since the start: threads have taken what
 * they know of functions by then. */
void mr_find_missed(void) {
  if (!last || (atomic_load(&mr.session->unnamed) & MR_LOADED_LATER))
    return;
  for (looked_at = last->l_next; looked_at; looked_at = looked_at->l_next)
    if (is_programs(looked_at))
      each(looked_at, miss);
}
