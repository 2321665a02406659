#include "ship.h"

#include <stdio.h>
#include <string.h>

static struct ship fleet[FLEET_MAX];
static int count;

struct ship *launch(const char *name, int masts) {
  if (count == FLEET_MAX) return NULL;
  struct ship *ship = &fleet[count++];
  strcpy(ship->name, name);
  ship->masts = masts;
  ship->note = NULL;
  return ship;
}

void rename_ship(struct ship *ship, const char *name) {
  strcpy(ship->name, name);
}

void print_fleet(void) {
  char line[48];
  for (int i = 0; i < count; i++) {
    sprintf(line, "%s, %d masts", fleet[i].name, fleet[i].masts);
    puts(line);
  }
}
