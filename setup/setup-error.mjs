/** What went wrong, and what a person can do about it. */
export class SetupError extends Error {
  /**
   * @param {string} message one sentence
   * @param {{ advice?: string, output?: string, cause?: unknown }} [details] `output` is the end of what a program printed
   */
  constructor(message, { advice, output, cause } = {}) {
    super(message, { cause });
    this.name = 'SetupError';
    this.advice = advice;
    this.output = output;
  }
}

/**
 * Prints an error as a person should see it: a SetupError without a stack, anything else with.
 * @param {unknown} error
 */
export function printError(error) {
  if (!(error instanceof SetupError)) {
    console.error(error);
    return;
  }
  if (error.output) console.error(indent(error.output));
  console.error(`error: ${error.message}`);
  if (error.advice) console.error(error.advice);
}

/** @param {string} text */
const indent = (text) => text.replace(/^/gm, '    ');
