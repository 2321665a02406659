// A request to trace as options of `mrhooker trace`. Every name among them is checked to be a name.
import { IgorError } from 'igor';

/** @throws IgorError `invalid_argument` */
export function traceArguments(functions: readonly string[], headers: readonly string[], limit: number): string[] {
  if (functions.length === 0) throw new IgorError('invalid_argument', 'say which functions, such as open*');
  for (const wanted of functions) {
    if (!/^[A-Za-z_*?][\w*?]{0,127}$/.test(wanted))
      throw new IgorError('invalid_argument', `${JSON.stringify(wanted)} is no name of a function`);
  }
  for (const header of headers) {
    if (!/^[A-Za-z0-9_][\w./+-]{0,200}$/.test(header) || header.includes('..')) {
      throw new IgorError('invalid_argument', `${JSON.stringify(header)} is no name of a header`);
    }
  }
  const declared = headers.flatMap((header) => ['--header', header]);
  return ['--limit', String(limit), ...declared, functions.join(','), '--'];
}
