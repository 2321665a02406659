// The SQL that a program runs, and how long each statement takes: mrhooker sqlite-statements.ts sqlite3 test.db 'select 1'

import { SQLITE_ROW, sqlite3_prepare_v2, sqlite3_sql, sqlite3_step } from 'c:sqlite3.h';
import { clock, hook } from 'mrhooker';

hook(sqlite3_prepare_v2, {
  enter: (_db, sql) => console.log(`prepare ${sql.text()}`),
});

hook(sqlite3_step, {
  enter: (statement) => ({ statement, start: clock() }),
  leave: (result, { statement, start }) => {
    const text = sqlite3_sql(statement)?.text(); // null once its schema has changed
    if (result !== SQLITE_ROW && text !== undefined) console.log(`${((clock() - start) / 1000).toFixed(0)} µs ${text}`);
  },
});
