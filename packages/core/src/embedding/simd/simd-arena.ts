import { type Allocate, allocate as plainAllocate } from "../allocate.ts";
import { createRowKernels, type RowKernels } from "../row-kernels.ts";
import { simdModule } from "./simd-module.ts";
import { createSimdRowKernels, type SimdExports } from "./simd-row-kernels.ts";

/** The little of the WebAssembly JavaScript interface that is used; the ES library has no types of it. */
interface WebAssemblyInterface {
  Memory: new (descriptor: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

/** Row kernels, and the allocator of the memory that they are fast in. One table's alone: what it gave out is never taken back. */
export interface RowArena {
  readonly kernels: RowKernels;
  readonly allocate: Allocate;
  /** Whether the kernels are SIMD, or plain TypeScript because the platform has none or the size is too large. */
  readonly simd: boolean;
}

/** Sizes that an arena is made for. */
export interface RowArenaSize {
  /** A. */
  readonly activeRows: number;
  /** D. */
  readonly dimension: number;
  /** Bytes for everything but the overlay and its moments: batches and row gradients; default 64 MiB. */
  readonly scratchBytes?: number;
}

const pageBytes = 65536;
/** WebAssembly addresses 4 GiB; kernels compare addresses as signed numbers, so they stay in the lower half. */
const largestBytes = 2 ** 31 - pageBytes;
/** Pointers and weights of one group, at the start of the memory. */
const groupCapacity = 4096;
const headerBytes = groupCapacity * (4 + 8);

/** Ordinary arrays and plain TypeScript kernels. */
export function plainArena(): RowArena {
  return { kernels: createRowKernels(), allocate: plainAllocate, simd: false };
}

/**
 * Memory for training a table of this size, and SIMD kernels over it. The memory is reserved in one piece and backed by the
 * operating system as it is used; an array that no longer fits comes from the ordinary heap, where the same kernels work on
 * it with plain TypeScript, to the same bits.
 */
export function createRowArena({ activeRows, dimension, scratchBytes = 64 * 2 ** 20 }: RowArenaSize): RowArena {
  const platform = (globalThis as unknown as { readonly WebAssembly?: WebAssemblyInterface }).WebAssembly;
  // Overlay, two moments and the anchor that a pull keeps beside them, in float32, each rounded up to the alignment.
  const bytes = headerBytes + 4 * (activeRows * dimension * 4 + 64) + scratchBytes;
  if (platform === undefined || bytes > largestBytes) return plainArena();
  let buffer: ArrayBuffer;
  let exports: SimdExports;
  try {
    const pages = Math.ceil(bytes / pageBytes);
    const memory = new platform.Memory({ initial: pages, maximum: pages });
    const code = Uint8Array.from(simdModule.match(/../g)!, (byte) => Number.parseInt(byte, 16));
    const instance = new platform.Instance(new platform.Module(code), { host: { memory } });
    buffer = memory.buffer;
    exports = instance.exports as SimdExports;
  } catch {
    // No SIMD on this platform, or no memory in one piece: the plain kernels do the same work.
    return plainArena();
  }
  let used = headerBytes;
  const allocate: Allocate = (precision, length) => {
    const size = length * (precision === "float64" ? 8 : 4);
    const start = Math.ceil(used / 16) * 16;
    if (start + size > buffer.byteLength) return plainAllocate(precision, length);
    used = start + size;
    return precision === "float64" ? new Float64Array(buffer, start, length) : new Float32Array(buffer, start, length);
  };
  return { kernels: createSimdRowKernels(buffer, exports, groupCapacity), allocate, simd: true };
}
