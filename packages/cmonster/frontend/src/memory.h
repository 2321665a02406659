//===- memory.h - Pages asked for in bulk -----------------------*- C++ -*-===//
//
// The kernel is asked for many pages at once where a fault for each would cost
// more: docs/decisions/0003-frontend-process.md, "Memory". All of it is advice:
// without it everything works.
//
//===----------------------------------------------------------------------===//
#ifndef CMONSTER_MEMORY_H
#define CMONSTER_MEMORY_H

namespace cmonster {

/// Before anything is allocated: remembers where the heap begins.
void noteHeap();

/// After a fork, on either side of which somebody goes on working: makes the
/// heap this process's own at once. Otherwise it is copied page by page, a fault
/// for each, when it is written.
void ownHeap();

/// When much more memory is about to be used: huge pages cost least where the
/// machine has them at hand, and most where its host has to find each of their
/// parts first. If those of the heap were dear, the process gets no more of them.
void chooseCheaperPages();

} // namespace cmonster
#endif
