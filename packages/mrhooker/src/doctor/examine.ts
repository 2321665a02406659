// Which calls of a target hooks will reach, told before it runs, from its own files and those of its libraries.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { MrhookerError } from '../error.js';
import { nearest } from '../headers/nearest.js';
import { findCommand, inspectTarget } from '../launch/command.js';
import { ownFunctions } from '../launch/elf.js';
import { globToExpression, type LoadedObject, loadedObjects } from '../launch/imports.js';
import { aliasesOf, familyOf } from '../stub/aliases.js';
import { forwarded } from '../stub/forwarded.js';

export interface FunctionDiagnosis {
  name: string;
  /** Hooks see at least the calls of one object. */
  reachable: boolean;
  /** Objects whose calls are seen. */
  callers: string[];
  /** Objects that define it. */
  definedIn: string[];
  /** What hooks won't see, and what else is worth knowing, a sentence each. */
  remarks: string[];
}

export interface Diagnosis {
  /** The file that will run. */
  target: string;
  /** Why nothing can be hooked; then the rest is empty. */
  refused?: string;
  libraries: string[];
  functions: FunctionDiagnosis[];
  /** About the target as a whole. */
  remarks: string[];
}

/** @param patterns names, or globs over what the target and its libraries call */
export function examine(patterns: readonly string[], command: string): Diagnosis {
  const path = findCommand(command);
  const nothing = { target: path, libraries: [], functions: [], remarks: [] };
  let target: string;
  try {
    target = inspectTarget(path).path;
  } catch (error) {
    if (error instanceof MrhookerError && error.code === 'target') return { ...nothing, refused: error.message };
    throw error;
  }
  const objects = loadedObjects(target);
  if (objects.length === 0)
    return { ...nothing, refused: `${target}: it may not be read; what it calls can't be told` };
  const own = ownFunctions(target);
  return {
    target,
    libraries: objects.slice(1).map(({ path }) => path),
    functions: namesOf(patterns, objects).map((name) => diagnose(name, objects, own)),
    remarks: aboutTarget(objects),
  };
}

function namesOf(patterns: readonly string[], objects: readonly LoadedObject[]): string[] {
  const names = new Set<string>();
  for (const pattern of patterns) {
    if (!/[*?]/.test(pattern)) {
      names.add(pattern);
      continue;
    }
    const expression = globToExpression(pattern);
    const matching = objects.flatMap(({ symbols }) =>
      symbols.flatMap(({ name, defined }) => (!defined && expression.test(name) ? [familyOf(name)] : [])),
    );
    // One that matches nothing is told as such.
    for (const name of matching.length > 0 ? matching : [pattern]) names.add(name);
  }
  return [...names];
}

function diagnose(name: string, objects: readonly LoadedObject[], own: ReadonlySet<string>): FunctionDiagnosis {
  if (/[*?]/.test(name)) {
    const remarks = ['nothing that is loaded at the start calls a function of such a name'];
    return { name, reachable: false, callers: [], definedIn: [], remarks };
  }
  const family = [name, ...aliasesOf(name).map((alias) => alias.name)];
  const called = (object: LoadedObject) => family.filter((one) => object.lookedUp.has(one));
  const program = objects[0]!;
  const definedIn = objects.filter(({ symbols }) => symbols.some((symbol) => symbol.defined && symbol.name === name));
  const isFunction = definedIn.every(({ symbols }) =>
    symbols.some((symbol) => symbol.defined && symbol.name === name && (symbol.type === 2 || symbol.type === 10)),
  );
  const callers = objects.filter((object) => called(object).length > 0);
  const remarks: string[] = [];
  const title = (object: LoadedObject) => basename(object.path);

  if (!definedIn.length) {
    if (own.has(name))
      remarks.push(`it is the program's own function: ${title(program)} calls it directly, past any hook`);
    else {
      const known = new Set(
        objects.flatMap(({ symbols }) => symbols.filter((one) => one.defined).map((one) => one.name)),
      );
      const near = nearest(name, known).filter((one) => one !== name);
      remarks.push(
        `no object that is loaded at the start exports it: it is inline, a macro, in a library that is loaded later, or misspelt${near.length ? ` (there are ${near.join(', ')})` : ''}`,
      );
    }
  } else if (!isFunction) remarks.push('it is data, not a function');
  for (const object of definedIn) {
    if (object === program) remarks.push(`${title(program)} defines it itself; its own calls don't pass a hook`);
    else if (object.symbolic) remarks.push(`${title(object)} binds its own calls to itself (-Bsymbolic)`);
    else if (!called(object).length)
      remarks.push(
        `calls from inside ${title(object)} don't pass a hook${/^libc\.so/.test(title(object)) ? ` (stdio and other functions of libc make them)` : ''}`,
      );
  }
  const variants = [...new Set(callers.flatMap(called))].filter((one) => one !== name);
  if (variants.length) remarks.push(`called as ${variants.join(', ')}, which the same hook covers`);
  if (forwarded.has(name)) remarks.push("only its begin can be observed: it can't be called and returned through");
  const reachable = callers.length > 0 && isFunction;
  if (definedIn.length && isFunction && !callers.length) remarks.push('nothing that is loaded at the start calls it');
  return { name, reachable, callers: callers.map(title), definedIn: definedIn.map(title), remarks };
}

function aboutTarget(objects: readonly LoadedObject[]): string[] {
  const remarks: string[] = [];
  const calling = (...names: string[]) =>
    objects.filter(
      ({ path, lookedUp }) => !/\/(libc|ld-linux)[^/]*$/.test(path) && names.some((name) => lookedUp.has(name)),
    );
  const list = (found: readonly LoadedObject[]) => found.map(({ path }) => basename(path)).join(', ');
  const loading = calling('dlopen', 'dlmopen');
  if (loading.length)
    remarks.push(`${list(loading)} can load more libraries while running; their calls are hooked, too`);
  const raw = calling('syscall');
  if (raw.length)
    remarks.push(`${list(raw)} can make system calls through syscall(), past the functions named after them`);
  const rings = objects.filter(
    ({ path, lookedUp }) => /liburing/.test(path) || [...lookedUp].some((name) => name.startsWith('io_uring_')),
  );
  if (rings.length) remarks.push(`${list(rings)} use io_uring: what goes through it calls no function`);
  const direct = objects.filter(
    ({ path }) => !/\/(libc|ld-linux|libpthread|linux-vdso)[^/]*$/.test(path) && hasSystemCalls(path),
  );
  if (direct.length) remarks.push(`${list(direct)} hold system call instructions of their own, which pass no function`);
  return remarks;
}

/** `mov $number, %eax; syscall`, as compilers write it. */
function hasSystemCalls(path: string): boolean {
  const file = readFileSync(path);
  for (let at = file.indexOf('\x0f\x05', 0, 'latin1'); at >= 0; at = file.indexOf('\x0f\x05', at + 1, 'latin1')) {
    if (at >= 5 && file[at - 5] === 0xb8 && file[at - 3]! < 2 && !file[at - 2] && !file[at - 1]) return true;
  }
  return false;
}
