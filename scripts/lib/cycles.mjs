/**
 * Cycles of a directed graph, one per back edge of a depth-first walk: none if and only if the graph has no cycle.
 * @param {ReadonlyMap<string, readonly string[]>} edges
 * @returns {string[][]} each cycle as its nodes in order, the first one repeated at the end
 */
export function findCycles(edges) {
  const cycles = [];
  const done = new Set();
  const path = [];
  const visit = (node) => {
    const seenAt = path.indexOf(node);
    if (seenAt >= 0) cycles.push([...path.slice(seenAt), node]);
    if (seenAt >= 0 || done.has(node)) return;
    path.push(node);
    for (const next of edges.get(node) ?? []) visit(next);
    path.pop();
    done.add(node);
  };
  for (const node of edges.keys()) visit(node);
  return cycles;
}
