/**
 * A linear head and a backend for it alone, made with nothing but core: what someone writes who brings their own runtime.
 * @param {any} core as it was imported or required
 */
export function ownParts({ createGraphBuilder, floatTensor }, dimension) {
  return { head: linearHead(createGraphBuilder, dimension), backend: linearBackend(floatTensor) };
}

function linearHead(createGraphBuilder, dimension) {
  const classes = 2;
  return {
    type: "own-linear",
    options: {},
    dimension,
    classes,
    embeddings: [{ input: "x", form: "pooled" }],
    parameters: [{ name: "w", shape: [classes, dimension], group: "head", decay: true, initialize: (w) => w.fill(0) }],
    build({ examples }, mode) {
      const g = createGraphBuilder();
      const x = g.input("x", "float", [examples, dimension]);
      const logits = g.matMul(x, g.transpose(g.input("w", "float", [classes, dimension]), [1, 0]), "logits");
      if (mode === "predict") return { graph: g.build([logits]), logits: "logits", dropout: [] };
      const target = g.input("target", "float", [examples, classes]);
      const weight = g.input("weight", "float", [examples]);
      const agreement = g.sum(g.mul(target, g.apply("LogSoftmax", [logits], { axis: 1 })), [1]);
      const loss = g.apply("Neg", [g.sum(g.mul(agreement, weight), [0])], {}, "loss");
      return { graph: g.build([logits, loss]), logits: "logits", loss: "loss", dropout: [] };
    },
  };
}

/** Loss and gradients of the head above, derived by hand: softmax minus target, times the weight. */
function linearStep({ x, w, target, weight }, [B, C, D]) {
  const logits = new Float32Array(B * C);
  const dX = new Float32Array(B * D);
  const dW = new Float32Array(C * D);
  let loss = 0;
  for (let n = 0; n < B; n++) {
    const scores = logits.subarray(n * C, (n + 1) * C);
    for (let c = 0; c < C; c++) for (let d = 0; d < D; d++) scores[c] += x[n * D + d] * w[c * D + d];
    if (target === undefined) continue;
    const logSum = Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0));
    for (let c = 0; c < C; c++) {
      loss -= weight[n] * target[n * C + c] * (scores[c] - logSum);
      const dScore = weight[n] * (Math.exp(scores[c] - logSum) - target[n * C + c]);
      for (let d = 0; d < D; d++) {
        dX[n * D + d] += dScore * w[c * D + d];
        dW[c * D + d] += dScore * x[n * D + d];
      }
    }
  }
  return { loss, logits, x: dX, w: dW };
}

function linearBackend(floatTensor) {
  const ops = ["MatMul", "Transpose", "Mul", "ReduceSum", "Neg", "LogSoftmax"];
  return {
    specVersion: 1,
    name: "own",
    supports: { ops, precision: "f32", bitReproducible: true, concurrentRuns: true },
    close: async () => {},
    compile: async (graph, { loss, wrt = [] } = {}) => {
      const shapeOf = (name) => graph.inputs.find((input) => input.name === name).shape;
      const sizes = [shapeOf("x")[0], ...shapeOf("w")];
      return {
        set: async () => {},
        close: async () => {},
        run: async (feeds, { into } = {}) => {
          const data = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, tensor.data]));
          const result = linearStep(data, sizes);
          const deliver = (target, shape, values) => {
            target?.data.set(values);
            return target ?? floatTensor(shape, values);
          };
          const gradients = wrt.map((name) => [name, deliver(into?.gradients?.[name], shapeOf(name), result[name])]);
          const logits = deliver(into?.outputs?.logits, [sizes[0], sizes[1]], result.logits);
          const step = { gradients: Object.fromEntries(gradients), outputs: { logits } };
          return loss === undefined ? step : { ...step, loss: result.loss };
        },
      };
    },
  };
}
