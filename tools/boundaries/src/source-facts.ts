import ts from "typescript";

/** One import of a source file, in whatever form it was written. */
export interface Import {
  /** What stands between the quotes. */
  readonly specifier: string;
  readonly line: number;
}

/** Something a published source file must not contain. */
interface Offence {
  readonly line: number;
  readonly what: string;
}

/** What the rules need to know of one source file. */
export interface SourceFacts {
  readonly imports: readonly Import[];
  /** Default exports, `export *` and top-level awaits. */
  readonly offences: readonly Offence[];
  /** Uses of globals that only Node has. */
  readonly nodeGlobals: readonly Offence[];
  readonly lines: number;
}

/** Reads static, dynamic, re-exporting and type-only imports, and what else the rules ask for. */
export function readSource(text: string): SourceFacts {
  const source = ts.createSourceFile("source.ts", text, ts.ScriptTarget.ES2022, true);
  const imports: Import[] = [];
  const offences: Offence[] = [];
  const nodeGlobals: Offence[] = [];
  const lineOf = (node: ts.Node): number => source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;

  function visit(node: ts.Node): void {
    const line = lineOf(node);
    const specifier = specifierOf(node);
    if (specifier !== null) imports.push({ specifier, line });
    const what = offenceOf(node);
    if (what !== null) offences.push({ line, what });
    const global = nodeGlobalOf(node);
    if (global !== null) nodeGlobals.push({ line, what: global });
    ts.forEachChild(node, visit);
  }
  visit(source);
  return { imports, offences, nodeGlobals, lines: text.replace(/\n$/, "").split("\n").length };
}

function specifierOf(node: ts.Node): string | null {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : null;
  if (ts.isExternalModuleReference(node)) return textOf(node.expression);
  return ts.isCallExpression(node) && loadsModule(node) ? textOf(node.arguments[0]) : null;
}

function loadsModule({ expression }: ts.CallExpression): boolean {
  const isRequire = ts.isIdentifier(expression) && expression.text === "require";
  return isRequire || expression.kind === ts.SyntaxKind.ImportKeyword || isImportMetaResolve(expression);
}

function isImportMetaResolve(expression: ts.Expression): boolean {
  return (
    ts.isPropertyAccessExpression(expression) &&
    ts.isMetaProperty(expression.expression) &&
    expression.name.text === "resolve"
  );
}

function textOf(node: ts.Node | undefined): string | null {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : null;
}

function offenceOf(node: ts.Node): string | null {
  if (isDefaultExport(node)) return "a default export";
  if (ts.isExportDeclaration(node) && exportsEverything(node)) return "an export of everything";
  return waits(node) && !insideFunction(node) ? "a top-level await" : null;
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportSpecifier(node)) return node.name.text === "default";
  const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) ?? false;
}

function exportsEverything(node: ts.ExportDeclaration): boolean {
  return node.exportClause === undefined || ts.isNamespaceExport(node.exportClause);
}

function waits(node: ts.Node): boolean {
  return ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined);
}

function insideFunction(node: ts.Node): boolean {
  return ts.findAncestor(node, ts.isFunctionLike) !== undefined;
}

const globalsOfNode = new Set(["Buffer", "process", "__dirname", "__filename", "setImmediate"]);

function nodeGlobalOf(node: ts.Node): string | null {
  if (!ts.isIdentifier(node) || !globalsOfNode.has(node.text)) return null;
  const { parent } = node;
  const isUsed =
    (ts.isPropertyAccessExpression(parent) && parent.expression === node) ||
    (ts.isCallExpression(parent) && parent.expression === node) ||
    (ts.isNewExpression(parent) && parent.expression === node) ||
    ts.isTypeReferenceNode(parent);
  return isUsed ? node.text : null;
}
