// A program of its own, started by frontend.ts: has cmonster find the program that holds Clang, which builds it where there is none.
import { parsePattern } from 'cmonster';

try {
  parsePattern('f()', { language: 'c' });
} catch (error) {
  process.stderr.write((error as Error).message);
  process.exitCode = 1;
}
