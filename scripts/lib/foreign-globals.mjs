import { relative } from "node:path";
import ts from "typescript";

// "Cannot find name/namespace …" in its variants, and a property that does not exist (used for `globalThis.x` only).
const unknownName = new Set([2304, 2503, 2552, 2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593, 2662, 2663, 2868]);
const unknownProperty = new Set([2339, 2550, 2551, 7017]);

// Parsing the libraries is nearly all of the work; a parsed file may serve many programs.
const parsedLibraries = new Map();

/** A host that parses each library file once in this process. */
function hostFor(options) {
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile;
  host.getSourceFile = (file, ...rest) => {
    if (!/[\\/]lib\.[\w.]+\.d\.ts$/.test(file)) return read(file, ...rest);
    if (!parsedLibraries.has(file)) parsedLibraries.set(file, read(file, ...rest));
    return parsedLibraries.get(file);
  };
  return host;
}

/**
 * Uses of names that neither the file nor the language library declares. Imports are not resolved, so the answer depends
 * on no build and on no dependency's types (one `/// <reference types="node" />` would hide every `process`).
 * @param {readonly string[]} files absolute paths
 * @param {{ root: string, libraries: readonly string[] }} options `libraries` as in tsconfig's `lib`
 * @returns {string[]} one problem per use, "file:line: …"
 */
export function foreignGlobals(files, { root, libraries }) {
  if (files.length === 0) return [];
  const options = {
    noResolve: true,
    noEmit: true,
    strict: true,
    types: [],
    lib: libraries.map((name) => `lib.${name}.d.ts`),
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
    allowImportingTsExtensions: true,
  };
  const program = ts.createProgram(files, options, hostFor(options));
  return files.flatMap((file) => {
    const source = program.getSourceFile(file);
    if (source === undefined) return [`${relative(root, file)}: cannot be read`];
    return program.getSemanticDiagnostics(source).flatMap(({ code, start = 0, messageText }) => {
      const message = ts.flattenDiagnosticMessageText(messageText, " ");
      const isGlobal = unknownName.has(code) || (unknownProperty.has(code) && message.includes("typeof globalThis"));
      if (!isGlobal) return [];
      const line = source.getLineAndCharacterOfPosition(start).line + 1;
      const name = message.match(/'([^']+)'/)?.[1] ?? "?";
      return [`${relative(root, file)}:${line}: global "${name}" is not part of ${libraries.join(" + ")}: ${message}`];
    });
  });
}
