// Compiled in both module kinds, declarations checked, with no types of Node or the DOM.
import { type Backend, createGraphBuilder, type Graph } from "@thawline/core";

export const describe = (backend: Backend): string => backend.name;
export const graph: Graph = createGraphBuilder().build([]);
