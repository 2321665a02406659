/** What a rename says of a place that it did not reach. */
import type { Finding } from '../report/finding.js';

export const RENAME = 'rename';

export function leftMessage(name: string, reason: string): string {
  return `'${name}' was left as it is: ${reason}`;
}

/** Whether that is what a finding says. In another configuration of the same file the rename may have reached the place. */
export function isLeftByRename({ check, message }: Finding): boolean {
  return check === RENAME && message.includes("' was left as it is: ");
}
