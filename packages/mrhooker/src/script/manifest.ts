/** The manifest of a script: docs/formats/mrhooker-stub.md, "Manifest". */
import { forwarded, functionFlags } from '../stub/forwarded.js';
import { type Manifest, manifestVersion } from '../stub/manifest.js';
import type { Analysis } from './analyse.js';
import { type Script, scriptName } from './bundle.js';
import type { Unit } from './plan.js';

export function manifestOf(
  scripts: readonly Script[],
  analysis: Analysis,
  units: readonly Unit[],
  sourceMap: string,
): Manifest {
  const functions = units.flatMap((unit) =>
    unit.functions.map(({ symbol, signature, hooked, variadic, wrapper, family }) => {
      const forward = !wrapper && forwarded.has(symbol);
      const generic = hooked && (variadic || forward);
      const flags =
        (hooked ? functionFlags.hooked : 0) |
        (generic ? functionFlags.generic : 0) |
        (variadic ? functionFlags.variadic : 0) |
        (wrapper ? functionFlags.local : 0) |
        (forward ? functionFlags.forward : 0);
      return { name: symbol, signature, hooked, flags, ...(family !== undefined && { family }) };
    }),
  );
  return {
    version: manifestVersion,
    script: scripts.map((script) => (script.text === undefined ? script.path : scriptName(script))).join(', '),
    functions,
    patterns: analysis.patterns,
    eager: analysis.eager,
    shared: analysis.shared,
    sourceMap,
  };
}
