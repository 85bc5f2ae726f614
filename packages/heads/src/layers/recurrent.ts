import type { GraphBuilder, ValueInfo } from "@thawline/core";

/** Kinds of recurrent cell. */
export type CellType = "gru" | "lstm";

/** Gates of a cell: its weights are stacked so many times H high. */
export const gatesOf: Readonly<Record<CellType, number>> = Object.freeze({ gru: 3, lstm: 4 });

/** Weights of one direction, as PyTorch's `nn.GRU` and `nn.LSTM` keep them: [G·H, D], [G·H, H], [G·H], [G·H]. */
export interface CellWeights {
  readonly input: ValueInfo;
  readonly hidden: ValueInfo;
  readonly inputBias: ValueInfo;
  readonly hiddenBias: ValueInfo;
}

/** State of a cell, [B, H] each; a GRU has no `cell`. */
interface State {
  readonly hidden: ValueInfo;
  readonly cell: ValueInfo;
}

/** One step from the gates' input part and hidden part, [B, G·H] each. */
type Cell = (g: GraphBuilder, input: ValueInfo, hidden: ValueInfo, state: State) => State;

/** Gate `index` of stacked gates [B, G·H]. */
function gate(g: GraphBuilder, stacked: ValueInfo, index: number, H: number): ValueInfo {
  const rows = stacked.shape[0]!;
  return g.apply("Slice", [stacked], { starts: [0, index * H], ends: [rows, (index + 1) * H] });
}

/** r, z, n: h' = (1 − z) n + z h with n = tanh(W x + b + r (U h + c)). Cho et al. 2014, in PyTorch's form. */
const gruCell: Cell = (g, input, hidden, { hidden: h, cell }) => {
  const H = h.shape[1]!;
  const sum = (index: number): ValueInfo => g.add(gate(g, input, index, H), gate(g, hidden, index, H));
  const reset = g.apply("Sigmoid", [sum(0)], {});
  const update = g.apply("Sigmoid", [sum(1)], {});
  const candidate = g.apply("Tanh", [g.add(gate(g, input, 2, H), g.mul(reset, gate(g, hidden, 2, H)))], {});
  return { hidden: g.add(candidate, g.mul(update, g.sub(h, candidate))), cell };
};

/** i, f, g, o: c' = f c + i g, h' = o tanh(c'). Hochreiter and Schmidhuber 1997 with forget gates (Gers et al. 2000). */
const lstmCell: Cell = (g, input, hidden, { hidden: h, cell }) => {
  const H = h.shape[1]!;
  const sums = g.add(input, hidden);
  const sigmoid = (index: number): ValueInfo => g.apply("Sigmoid", [gate(g, sums, index, H)], {});
  const candidate = g.apply("Tanh", [gate(g, sums, 2, H)], {});
  const next = g.add(g.mul(sigmoid(1), cell), g.mul(sigmoid(0), candidate));
  return { hidden: g.mul(sigmoid(3), g.apply("Tanh", [next], {})), cell: next };
};

const cells: Readonly<Record<CellType, Cell>> = { gru: gruCell, lstm: lstmCell };

/**
 * Final hidden state [B, H] of a recurrent layer over the tokens of `x` [B, L, D]: at padding (`mask` [B, L] is 0) the state
 * stays as it is, so that it ends at an example's last token, or, reversed, begins there. The first state is 0.
 */
export function recurrentState(
  g: GraphBuilder,
  x: ValueInfo,
  options: {
    readonly type: CellType;
    readonly weights: CellWeights;
    readonly mask: ValueInfo;
    readonly reversed: boolean;
  },
): ValueInfo {
  const { weights, mask, reversed } = options;
  const [B, L, D] = x.shape as [number, number, number];
  const [stacked, H] = weights.hidden.shape as [number, number];
  const inputWeights = g.transpose(weights.input, [1, 0]);
  const hiddenWeights = g.transpose(weights.hidden, [1, 0]);
  // One product for the inputs of all steps; only the hidden part has to wait for the step before.
  const flat = g.add(g.matMul(g.reshape(x, [B * L, D]), inputWeights), weights.inputBias);
  const inputs = g.reshape(flat, [B, L, stacked]);
  const zero = g.apply("Expand", [g.scalar(0)], { shape: [B, H] });
  let state: State = { hidden: zero, cell: zero };
  for (let step = 0; step < L; step++) {
    const t = reversed ? L - 1 - step : step;
    const input = g.apply("Slice", [inputs], { starts: [0, t, 0], ends: [B, t + 1, stacked] });
    const isToken = g.apply("Slice", [mask], { starts: [0, t], ends: [B, t + 1] });
    const hidden = g.add(g.matMul(state.hidden, hiddenWeights), weights.hiddenBias);
    const next = cells[options.type](g, g.reshape(input, [B, stacked]), hidden, state);
    const keep = (old: ValueInfo, fresh: ValueInfo): ValueInfo => g.add(old, g.mul(isToken, g.sub(fresh, old)));
    state = {
      hidden: keep(state.hidden, next.hidden),
      cell: options.type === "lstm" ? keep(state.cell, next.cell) : state.cell,
    };
  }
  return state.hidden;
}
