/** The parts of WebGPU that are watched; TypeScript's DOM library lacks them. */
interface GpuDevice {
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
}
interface GpuAdapterPrototype {
  requestDevice(...args: unknown[]): Promise<GpuDevice>;
}

function watchWebGpu(onLost: (what: string) => void): void {
  const adapter = (globalThis as { GPUAdapter?: { prototype: GpuAdapterPrototype } }).GPUAdapter?.prototype;
  if (adapter === undefined) return;
  const { requestDevice } = adapter;
  adapter.requestDevice = async function (this: GpuAdapterPrototype, ...args) {
    const device = await requestDevice.apply(this, args);
    // "destroyed" is somebody's call of destroy(), the end of a backend.
    void device.lost.then(({ reason, message }) => {
      if (reason !== "destroyed") onLost(`the WebGPU device was lost (${message || reason})`);
    });
    return device;
  };
}

function watchWebGl(onLost: (what: string) => void): void {
  for (const canvas of [HTMLCanvasElement.prototype, OffscreenCanvas.prototype] as { getContext: unknown }[]) {
    const getContext = canvas.getContext as (this: EventTarget, ...args: unknown[]) => unknown;
    canvas.getContext = function (this: EventTarget, ...args: unknown[]) {
      const context = getContext.apply(this, args);
      this.addEventListener("webglcontextlost", () => onLost("the WebGL context was lost"));
      return context;
    };
  }
}

/**
 * Tells when a graphics device of this page is lost. A runtime that lost its device may give zeros, or no answer at
 * all, instead of an error. To be called before a runtime asks for its device.
 */
export function watchGpu(onLost: (what: string) => void): void {
  watchWebGpu(onLost);
  watchWebGl(onLost);
}
