import type { ReadModel } from "./proto/read-model.ts";

/** Names of a file, and what they are called in the graph. */
export interface Names {
  /** Gives a value of the file its name in the graph: its own where that is legal, else one like it. */
  own(name: string, offset: number | undefined): string;
  /** The name in the graph of a value that has one. */
  of(name: string): string | undefined;
}

const illegal = /[^\w./-]/g;

/** Starts with no names; a name that is given twice fails. */
export function createNames(fail: ReadModel["fail"]): Names {
  const known = new Map<string, string>();
  const taken = new Set<string>();
  return {
    own: (name, offset) => {
      if (known.has(name)) fail(`there are two values "${name}"`, offset);
      const legal = name.replace(illegal, "_");
      const stem = /^[A-Za-z_]/.test(legal) ? legal : `_${legal}`;
      let unique = stem;
      for (let i = 1; taken.has(unique); i++) unique = `${stem}.${i}`;
      taken.add(unique);
      known.set(name, unique);
      return unique;
    },
    of: (name) => known.get(name),
  };
}
