// Closes a test run with one line that a script can read: `N passed, N failed` (`, N skipped`).

/** @import { Reporter, TestModule } from 'vitest/node' */

/** @implements {Reporter} */
export default class SummaryLine {
  /**
   * @param {readonly TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    let passed = 0;
    let failed = unhandledErrors.length;
    let skipped = 0;
    for (const module of modules) {
      const failedBefore = failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed++;
        else if (state === 'failed') failed++;
        else skipped++;
      }
      // A file that can't be loaded, or whose hook failed, has no failed test of its own to count.
      if (module.state() === 'failed' && failed === failedBefore) failed++;
    }
    // After the default reporter's own summary, which this must not precede.
    process.once('exit', () => {
      console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
    });
  }
}
