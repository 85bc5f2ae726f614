import ts from "typescript";

/**
 * @typedef {object} SourceImport
 * @property {string | undefined} specifier undefined where it is computed at run time
 * @property {number} line counts from 1
 * @property {boolean} isErased true for `import type`, `export type` and `import("x").Y`: nothing is loaded at run time
 */

/** The specifier node of an import in any of its forms, `null` for another node, undefined for a computed specifier. */
function specifierOf(node) {
  if (ts.isImportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExportDeclaration(node)) return node.moduleSpecifier ?? null;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  if (!ts.isCallExpression(node)) return null;
  const isDynamicImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === "require";
  return isDynamicImport || isRequire ? node.arguments[0] : null;
}

/** With `verbatimModuleSyntax` an import whose names are all marked `type` one by one is still loaded. */
function isErased(node) {
  if (ts.isImportTypeNode(node)) return true;
  if (ts.isImportDeclaration(node)) return node.importClause?.isTypeOnly === true;
  return ts.isExportDeclaration(node) && node.isTypeOnly;
}

/**
 * Every import of a source text: static, re-export, dynamic, `require`, and types (`import type`, `import("x").Y`).
 * @param {string} fileName decides the language by its ending
 * @param {string} text
 * @returns {SourceImport[]}
 */
export function importsOf(fileName, text) {
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.ES2022, true);
  const found = [];
  const visit = (node) => {
    const specifier = specifierOf(node);
    if (specifier !== null) {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      const isLiteral = specifier !== undefined && ts.isStringLiteralLike(specifier);
      found.push({ specifier: isLiteral ? specifier.text : undefined, line, isErased: isErased(node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
