// Second stop: a C++ file that leans on the standard library.
import {
  ClassTemplateSpecializationDecl,
  CXXMethodDecl,
  FunctionDecl,
  LambdaExpr,
  type TranslationUnit,
} from 'cmonster';
import { timed } from './measure.js';
import { base, colours, frame, heading, number, table } from './screen.js';

const compiled = { implicit: true, instantiations: true };

export function showCppFile(tu: TranslationUnit): void {
  showInstantiations(tu);
  showLinkNames(tu);
  showLambdas(tu);
}

/** What the compiler made from templates: none of it is written anywhere. */
function showInstantiations(tu: TranslationUnit): void {
  heading('What did the compiler make from templates?');
  const { result, milliseconds } = timed(() => ({
    classes: tu.find(ClassTemplateSpecializationDecl, (it) => it.isThisDeclarationADefinition(), compiled),
    functions: tu.find(FunctionDecl, (it) => it.templateSpecializationKind === 'TSK_ImplicitInstantiation', compiled),
  }));
  const { classes, functions } = result;
  const common = new Map<string, ClassTemplateSpecializationDecl[]>();
  for (const made of classes) {
    const name = made.name ?? '';
    if (name.startsWith('_')) continue;
    const known = common.get(name);
    if (known) known.push(made);
    else common.set(name, [made]);
  }
  table(
    [
      ['classes', number(classes.length), ''],
      ['functions', number(functions.length), colours.dim(`both found in ${number(milliseconds)} ms`)],
    ],
    ['', '>', ''],
  );
  heading('Which containers hold what?');
  table(
    ['vector', 'map', 'unordered_map', 'unique_ptr', 'optional', 'variant', 'function'].flatMap((name) => {
      const made = (common.get(name) ?? []).filter((it) => it.pointOfInstantiation.isInMainFile);
      if (made.length === 0) return [];
      const lines = [...new Set(made.map((it) => it.pointOfInstantiation.line))].join(', ');
      const types = made.map((it) => `${it.typeForDecl}`.replace(/^[^<]*/, '').replaceAll(/std::|logbook::/g, ''));
      return [[`std::${name}`, number(made.length), colours.dim(`line ${lines}`), types.join(' ')]];
    }),
    ['template', '>made', 'first needed on', 'for'],
  );
}

function showLinkNames(tu: TranslationUnit): void {
  heading('What will the linker call them?');
  const methods = tu.find(CXXMethodDecl, (it) => it.location.isInMainFile && !it.isImplicit() && it.isUserProvided());
  table(
    methods.slice(0, 5).flatMap((it) => {
      const mangled = [it.mangledName ?? []].flat()[0];
      return mangled ? [[it.qualifiedNameAsString, colours.dim('→'), mangled]] : [];
    }),
    ['', '', ''],
  );
}

function showLambdas(tu: TranslationUnit): void {
  const lambdas = tu.find(LambdaExpr, (it) => it.beginLoc.isInMainFile);
  const [first] = lambdas;
  if (!first) return;
  heading(`${number(lambdas.length)} lambdas in ${base(tu.mainFile.name)}; the first:`);
  frame(first);
}
