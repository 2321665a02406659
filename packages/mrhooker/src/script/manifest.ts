/** The manifest of a script: docs/formats/mrhooker-stub.md, "Manifest". */
import { type Manifest, manifestVersion } from '../stub/manifest.js';
import type { Analysis } from './analyse.js';
import { type Script, scriptName } from './bundle.js';
import type { Unit } from './plan.js';
import { isForwarded } from './stub-source.js';

const MR_HOOKED = 1;
const MR_GENERIC = 2;
const MR_VARIADIC = 4;
const MR_LOCAL = 8;
const MR_FORWARD = 16;

export function manifestOf(
  scripts: readonly Script[],
  analysis: Analysis,
  units: readonly Unit[],
  sourceMap: string,
): Manifest {
  const functions = units.flatMap((unit) =>
    unit.functions.map(({ symbol, signature, hooked, variadic, wrapper }) => {
      const forward = !wrapper && isForwarded(symbol);
      const generic = hooked && (variadic || forward);
      const flags =
        (hooked ? MR_HOOKED : 0) |
        (generic ? MR_GENERIC : 0) |
        (variadic ? MR_VARIADIC : 0) |
        (wrapper ? MR_LOCAL : 0) |
        (forward ? MR_FORWARD : 0);
      return { name: symbol, signature, hooked, flags };
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
