/** Starts the command; a file of its own so that `main` can be called without. */
import { exitCodeOf, main, reportError } from './main.js';

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = exitCodeOf(error);
  reportError(error);
}
