#ifndef SHIP_H
#define SHIP_H

#define NAME_MAX_LENGTH 16
#define FLEET_MAX 8

struct ship {
  char name[NAME_MAX_LENGTH];
  int masts;
  char *note;
};

struct ship *launch(const char *name, int masts);
void rename_ship(struct ship *ship, const char *name);
void print_fleet(void);

#endif
