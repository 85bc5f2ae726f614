import {
  BackendError,
  type CompileRequest,
  type Executable,
  type Graph,
  type Tensor,
  ThawlineError,
  type ValueName,
} from "@thawline/core";
import { deliver } from "./deliver.ts";
import { assertCanTrain, borrow, type Device, selectDevice } from "./device.ts";
import { createProgram } from "./program.ts";
import type { TfTensor } from "./tensorflow.ts";

/** What to compile, and what to call when it is closed. */
export interface ExecutableOptions {
  readonly graph: Graph;
  readonly request: CompileRequest;
  readonly onClose: (executable: Executable) => void;
}

/** Calls work one after the other, in the order of the calls; a failure does not stop those behind it. */
function createQueue() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
}

/** Errors of TensorFlow.js, outside of an op (an op's error has been explained). */
function explain(error: unknown, name: string): unknown {
  if (ThawlineError.isInstance(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new BackendError("BACKEND_FAILED", name, `TensorFlow.js failed: ${message}`, { cause: error });
}

/**
 * Compiles one program. Runs are queued: each holds its tensors until it is read, and memory of devices is scarce.
 * @throws BackendError
 */
export async function createExecutable(device: Device, options: ExecutableOptions): Promise<Executable> {
  const { tf, name } = device;
  await selectDevice(device);
  if ((options.request.wrt ?? []).length > 0) assertCanTrain(device);
  const program = createProgram(device, options.graph, options.request);
  const resident = new Map<ValueName, TfTensor>();
  const enqueue = createQueue();
  let closed = false;
  const assertOpen = (): void => {
    if (closed) throw new BackendError("BACKEND_CLOSED", name, "this executable is closed");
  };

  const executable: Executable = {
    set: async (values) => {
      assertOpen();
      // Copied now: the caller may change them as soon as it has called.
      const copies = Object.entries(values).map(
        ([input, value]) => [input, { ...value, data: value.data.slice() } as Tensor] as const,
      );
      await enqueue(async () => {
        await selectDevice(device);
        for (const [input, copy] of copies) {
          resident.get(input)?.dispose();
          resident.set(input, tf.keep(borrow(tf, copy)));
        }
      });
    },
    run: async (feeds, runOptions) => {
      assertOpen();
      return enqueue(async () => {
        const kept: TfTensor[] = [];
        try {
          await selectDevice(device);
          const computed = program.compute({ feeds, resident }, kept);
          return await deliver(device, { program, computed }, runOptions?.into);
        } catch (error) {
          throw explain(error, name);
        } finally {
          for (const tensor of kept) tensor.dispose();
        }
      });
    },
    close: async () => {
      if (closed) return;
      closed = true;
      options.onClose(executable);
      await enqueue(async () => {
        program.dispose();
        for (const tensor of resident.values()) tensor.dispose();
      });
    },
  };
  return executable;
}
