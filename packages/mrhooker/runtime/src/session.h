/* The file that the launcher and every process of a run share. docs/formats/mrhooker-session.md
 * describes it; the TypeScript side is src/launch/session.ts. Little endian, all offsets in bytes
 * from the file's begin. */
#ifndef MRHOOKER_SESSION_H
#define MRHOOKER_SESSION_H

#include <stdatomic.h>
#include <stdint.h>

#define MR_SESSION_MAGIC 0x3148524d /* "MRH1" */
#define MR_SESSION_VERSION 1

/* Why a call ran no hook. The order is that of `reasons` in src/launch/session.ts. */
enum mr_reason {
  MR_SEEN_HOOKED, /* a hook ran */
  MR_EARLY,       /* before the runtime was ready */
  MR_NESTED,      /* made by a hook */
  MR_ENDED,       /* after the thread's or the process's end */
  MR_OFF,         /* switched off by the script */
  MR_FAULTY,      /* switched off after repeated faults */
  MR_FILTERED,    /* another module, caller or thread was asked for */
  MR_STACK,       /* too little stack left */
  MR_MEMORY,      /* no memory for the thread's engine */
  MR_UNHOOKED,    /* no hook registered in this thread */
  MR_NO_SCRIPT,   /* the script itself failed */
  MR_REASONS = 16,
};

enum { MR_FOLLOW = 1, MR_EAGER = 2 };

typedef struct mr_session {
  uint32_t magic, version;                 /* 0 */
  uint64_t file_size;                      /* 8 */
  uint64_t bytecode_offset, bytecode_size; /* 16 */
  uint32_t function_count, shared_count;   /* 32 */
  uint64_t shared_offset;                  /* 40: mr_shared[shared_count] */
  uint64_t totals_offset;  /* 48: counts and cells of segments that were given back */
  uint64_t counts_size;    /* 56: bytes of counts and cells at a segment's begin, whole pages */
  uint64_t process_offset; /* 64 */
  uint32_t process_count, process_size; /* 72 */
  uint64_t segment_offset;              /* 80 */
  uint32_t segment_count, segment_size; /* 88 */
  uint64_t ring_size;                   /* 96: a power of two, the segment's end */
  uint32_t flags, time_limit;           /* 104: MR_FOLLOW…; milliseconds a hook may run */
  uint64_t memory_limit;                /* 112: bytes of a thread's engine */
  uint32_t fault_limit,
      ring_wait;        /* 120: faults until a hook is switched off; ms to wait for a full ring */
  uint64_t only_offset; /* 128: glob of the modules whose calls are hooked, 0: all */
  uint64_t preload_offset;           /* 136: what LD_PRELOAD must begin with */
  uint64_t path_offset;              /* 144: this file's own path */
  _Atomic uint32_t launcher_gone;    /* 152: set when nobody drains any more */
  _Atomic uint32_t merges;           /* 156: odd while the launcher adds a segment to the totals */
  _Atomic uint64_t unrecorded;       /* 160: threads that found no free segment */
  _Atomic uint64_t unseen_processes; /* 168: processes that found no free record */
  uint64_t start;                    /* 176: CLOCK_MONOTONIC of the launch */
  _Atomic uint32_t processes;        /* 184: records of processes taken so far */
  _Atomic uint32_t
      closed; /* 188: standard streams that the command is to find closed, a bit each */
  uint32_t start_error, first_name; /* 192: errno when the command could not be executed; the
                                       number of the first function of the table of names */
  uint64_t names_offset;            /* 200: mr_name[name_capacity] */
  uint64_t globs_offset;            /* 208: lists of texts: what scripts ask for, */
  uint64_t internal_offset;         /* 216: what is never meant by it, */
  uint64_t forwarded_offset;        /* 224: whose begin alone can be observed */
  uint32_t name_capacity;           /* 232: 0: nothing is looked for */
  _Atomic uint32_t unnamed;         /* 236: MR_NO_ROOM…: why a function is not hooked */
} mr_session;

enum { MR_NO_ROOM = 1, MR_LOADED_LATER = 2 };

enum { MR_COUNTER = 1, MR_HISTOGRAM = 2, MR_MAP = 3 };

typedef struct mr_shared {
  uint32_t kind, capacity; /* capacity: slots of a map, a power of two */
  uint64_t offset;         /* counter, histogram: index of its first cell; map: offset of mr_map */
} mr_shared;

typedef struct mr_map {
  uint32_t capacity, entries_size;
  _Atomic uint32_t used, overflow;
  _Atomic uint64_t allocated; /* bytes of entries handed out */
  uint64_t reserved[5];
  _Atomic uint64_t slots[]; /* offset of an entry behind the slots, plus 1; 0: free */
} mr_map;

typedef struct mr_map_entry {
  uint64_t hash;
  _Atomic uint64_t value;
  uint32_t size, reserved;
  char key[];
} mr_map_entry;

enum { MR_NAME_FREE, MR_NAME_CLAIMED, MR_NAME_READY };

/* A function that a process found by a pattern, and that the launcher did not know of. */
typedef struct mr_name {
  _Atomic uint32_t state;
  char text[252];
} mr_name;

enum { MR_PROCESS_FREE, MR_PROCESS_READY };

typedef struct mr_process {
  _Atomic uint32_t state;
  uint32_t pid, parent, reserved;
  uint64_t start;         /* CLOCK_MONOTONIC */
  _Atomic uint64_t early; /* calls before the runtime was ready */
  uint64_t resolved;      /* functions that have an original here */
  char program[472];
} mr_process; /* 512 bytes */

enum { MR_SEGMENT_FREE, MR_SEGMENT_CLAIMED, MR_SEGMENT_LIVE, MR_SEGMENT_DONE };

/* A thread's own: written by it alone, except for tail. counts[function][reason], then cells, then
 * the ring. */
typedef struct mr_segment {
  _Atomic uint32_t state;
  uint32_t pid, tid, process; /* process: index of its record */
  _Atomic uint64_t head;      /* bytes written to the ring so far */
  uint64_t dropped;           /* records given up because the ring stayed full */
  char name[16];
  uint64_t engine_bytes; /* the engine's memory, at its highest */
  uint64_t pad[1];
  _Atomic uint64_t tail; /* 64: bytes read so far; written by the launcher */
  uint64_t pad2[7];
  uint64_t counts[]; /* 128 */
} mr_segment;

enum mr_record_type {
  MR_LOG = 1,    /* uint32 level, text */
  MR_RECORD = 2, /* JSON text */
  MR_FAULT = 3,  /* uint32 kind, uint32 hook handle, text: message and stack of the script */
  MR_NOTE = 4,   /* uint32 kind, text */
  MR_TRACE = 5,  /* a traced call, see trace.c */
};
#define MR_CONTINUED 0x8000 /* the next record of this ring goes on with this one's text */

typedef struct mr_record {
  uint32_t size; /* with this header, without what aligns the next to 8 */
  uint16_t type, function;
  uint64_t time; /* CLOCK_MONOTONIC, ns */
} mr_record;

_Static_assert(sizeof(mr_session) == 240, "session header");
_Static_assert(sizeof(mr_name) == 256, "name");
_Static_assert(sizeof(mr_process) == 512, "process record");
_Static_assert(sizeof(mr_segment) == 128, "segment header");
_Static_assert(sizeof(mr_map) == 64, "map header");

#endif
