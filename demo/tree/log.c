#include <stdlib.h>
#include <string.h>

#include "ship.h"

char *keep_note(struct ship *ship, const char *note) {
  ship->note = malloc(strlen(note) + 1);
  if (ship->note) strcpy(ship->note, note);
  return ship->note;
}

int main(void) {
  struct ship *ship = launch("Pequod", 3);
  keep_note(ship, "out of Nantucket");
  rename_ship(ship, "Spray, of Fairhaven");
  print_fleet();
  free(ship->note);
  return 0;
}
