import { type RunOptions, type StepResult, sizeOf, type Tensor, type TensorMap, type ValueInfo } from "@thawline/core";
import type { Device } from "./device.ts";
import type { Computed, Program } from "./program.ts";
import type { TfTensor } from "./tensorflow.ts";

/** webgpu cannot wait for numbers and webgl would block the page; where they are in memory, waiting only costs time. */
async function numbersOf({ device }: Device, value: TfTensor): Promise<ArrayLike<number>> {
  if (value.size === 0) return [];
  return device === "webgl" || device === "webgpu" ? value.data() : value.dataSync();
}

function fresh({ dtype, shape }: ValueInfo): Tensor {
  const size = sizeOf(shape);
  if (dtype === "float") return { dtype: "float32", shape, data: new Float32Array(size) };
  return dtype === "int32"
    ? { dtype, shape, data: new Int32Array(size) }
    : { dtype: "bool", shape, data: new Uint8Array(size) };
}

/** Copies, always: the cpu backend hands out its own array, which may be the feed's. */
async function readAll(
  device: Device,
  { infos, values }: { readonly infos: readonly ValueInfo[]; readonly values: readonly (TfTensor | undefined)[] },
  into: TensorMap | undefined,
): Promise<Record<string, Tensor>> {
  const tensors: Record<string, Tensor> = {};
  // All at once: on a device each is a round trip.
  await Promise.all(
    infos.map(async (info, i) => {
      const target = into?.[info.name] ?? fresh(info);
      const value = values[i];
      if (value === undefined) target.data.fill(0);
      else target.data.set(await numbersOf(device, value));
      tensors[info.name] = target;
    }),
  );
  return tensors;
}

/** Results on the host, in the caller's arrays where `into` has them. A missing gradient is one of zeros. */
export async function deliver(
  device: Device,
  { program, computed }: { readonly program: Program; readonly computed: Computed },
  into: RunOptions["into"],
): Promise<StepResult> {
  const [loss, gradients, outputs] = await Promise.all([
    computed.loss === undefined ? undefined : numbersOf(device, computed.loss),
    readAll(device, { infos: program.gradients, values: computed.gradients }, into?.gradients),
    readAll(device, { infos: program.outputs, values: computed.outputs }, into?.outputs),
  ]);
  return loss === undefined ? { gradients, outputs } : { loss: loss[0], gradients, outputs };
}
