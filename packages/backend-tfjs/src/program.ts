import {
  type CompileRequest,
  FeedError,
  type Graph,
  type TensorMap,
  type ValueInfo,
  type ValueName,
  valuesOf,
} from "@thawline/core";
import { borrow, type Device } from "./device.ts";
import { createPlan } from "./plan.ts";
import { gradientsOf, runSteps, type Slots } from "./record.ts";
import type { TfTensor } from "./tensorflow.ts";

/** A graph that can be run on tensors of TensorFlow.js. */
export interface Program {
  readonly hasLoss: boolean;
  readonly gradients: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /**
   * Runs once, synchronously. Every tensor of the result, also of a run that throws, is added to `kept` and is the
   * caller's to dispose of; all others are gone afterwards.
   */
  compute(values: RunValues, kept: TfTensor[]): Computed;
  dispose(): void;
}

/** Feeds of a run, and what stays set between runs. */
export interface RunValues {
  readonly feeds: TensorMap;
  readonly resident: ReadonlyMap<ValueName, TfTensor>;
}

/** Tensors of a finished run, in the order of the program's lists. No gradient: the loss does not depend on the input. */
export interface Computed {
  readonly loss: TfTensor | undefined;
  readonly gradients: readonly (TfTensor | undefined)[];
  readonly outputs: readonly TfTensor[];
}

/** Tensors made once, by key. */
function createStore(device: Device) {
  const made = new Map<string, TfTensor>();
  return {
    constant: (key: string, make: () => TfTensor): TfTensor => {
      const known = made.get(key);
      if (known !== undefined) return known;
      const value = device.tf.keep(make());
      made.set(key, value);
      return value;
    },
    tensors: () => [...made.values()],
  };
}

/** Lays out a program; the device is the current one of TensorFlow.js. */
export function createProgram(device: Device, graph: Graph, request: CompileRequest): Program {
  const { tf, name } = device;
  const { loss, wrt = [], fetch = graph.outputs } = request;
  const store = createStore(device);
  const asked = loss === undefined ? fetch : [loss, ...fetch];
  const plan = createPlan(graph, asked, { ...device, constant: store.constant });
  const values = valuesOf(graph);
  const inputSlots = graph.inputs.map((info) => ({ input: info.name, slot: plan.slotOf(info.name) }));
  const outputSlots = fetch.map(plan.slotOf);
  const wrtSlots = loss === undefined ? [] : wrt.map(plan.slotOf);
  const lossSlot = loss === undefined ? undefined : plan.slotOf(loss);
  const computedSlots = new Set(plan.steps.map(({ to }) => to));
  const slots: Slots = new Array(plan.slots).fill(undefined);

  const place = ({ feeds, resident }: RunValues): void => {
    for (const { slot, value } of plan.constants) slots[slot] = value;
    for (const { input, slot } of inputSlots) {
      const feed = feeds[input];
      slots[slot] = feed === undefined ? resident.get(input) : borrow(tf, feed);
      if (slots[slot] === undefined) throw new FeedError("FEED_MISSING", `input "${input}" is neither fed nor set`);
    }
  };
  const run = (values: RunValues, keep: (value: TfTensor) => TfTensor): Computed => {
    // Inputs and constants are not the result's to be disposed of.
    const collect = (slot: number): TfTensor => keep(computedSlots.has(slot) ? slots[slot]! : tf.clone(slots[slot]!));
    const forward = () => {
      runSteps(plan.steps, slots, name);
      return { loss: lossSlot === undefined ? undefined : collect(lossSlot), outputs: outputSlots.map(collect) };
    };
    place(values);
    if (lossSlot === undefined || wrtSlots.length === 0) return { ...forward(), gradients: [] };
    let results: ReturnType<typeof forward> | undefined;
    const record = (): TfTensor => {
      results = forward();
      return slots[lossSlot]!;
    };
    const found = gradientsOf(
      tf,
      record,
      wrtSlots.map((slot) => slots[slot]!),
    );
    return { ...results!, gradients: found.map((gradient) => gradient && keep(gradient)) };
  };

  return {
    hasLoss: loss !== undefined,
    gradients: wrt.map((input) => values.get(input)!),
    outputs: fetch.map((output) => values.get(output)!),
    compute: (values, kept) => {
      let result: Computed | undefined;
      const keep = (value: TfTensor): TfTensor => {
        kept.push(tf.keep(value));
        return value;
      };
      try {
        // Braces: tidy searches whatever it is given back for tensors.
        tf.tidy(() => {
          result = run(values, keep);
        });
      } finally {
        slots.fill(undefined);
      }
      return result!;
    },
    dispose: () => {
      for (const tensor of [...store.tensors(), ...plan.constants.map(({ value }) => value)]) tensor.dispose();
    },
  };
}
