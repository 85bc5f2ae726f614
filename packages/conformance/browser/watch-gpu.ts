/** The parts of WebGPU that are watched; TypeScript's DOM library lacks them. */
interface GpuDevice {
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
}
interface GpuAdapterPrototype {
  readonly info?: { readonly vendor: string; readonly architecture: string; readonly description: string };
  requestDevice(...args: unknown[]): Promise<GpuDevice>;
}

/** Whom to tell of graphics devices. */
export interface GpuWatcher {
  /** A page got a device, of this name. */
  readonly onDevice: (name: string) => void;
  readonly onLost: (what: string) => void;
}

function watchWebGpu({ onDevice, onLost }: GpuWatcher): void {
  const adapter = (globalThis as { GPUAdapter?: { prototype: GpuAdapterPrototype } }).GPUAdapter?.prototype;
  if (adapter === undefined) return;
  const { requestDevice } = adapter;
  adapter.requestDevice = async function (this: GpuAdapterPrototype, ...args) {
    const device = await requestDevice.apply(this, args);
    const { vendor = "", architecture = "", description = "" } = this.info ?? {};
    onDevice(description || `${vendor} ${architecture}`.trim());
    // "destroyed" is somebody's call of destroy(), the end of a backend.
    void device.lost.then(({ reason, message }) => {
      if (reason !== "destroyed") onLost(`the WebGPU device was lost (${message || reason})`);
    });
    return device;
  };
}

function rendererOf(context: unknown): string | undefined {
  if (!(context instanceof WebGL2RenderingContext || context instanceof WebGLRenderingContext)) return undefined;
  const info = context.getExtension("WEBGL_debug_renderer_info");
  return String(context.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER));
}

function watchWebGl({ onDevice, onLost }: GpuWatcher): void {
  for (const canvas of [HTMLCanvasElement.prototype, OffscreenCanvas.prototype] as { getContext: unknown }[]) {
    const getContext = canvas.getContext as (this: EventTarget, ...args: unknown[]) => unknown;
    canvas.getContext = function (this: EventTarget, ...args: unknown[]) {
      const context = getContext.apply(this, args);
      const renderer = rendererOf(context);
      if (renderer === undefined) return context;
      onDevice(renderer);
      this.addEventListener("webglcontextlost", () => onLost("the WebGL context was lost"));
      return context;
    };
  }
}

/**
 * Tells which graphics device this page gets, and when it is lost. A runtime that lost its device may give zeros, or no
 * answer at all, instead of an error. To be called before a runtime asks for its device.
 */
export function watchGpu(watcher: GpuWatcher): void {
  watchWebGpu(watcher);
  watchWebGl(watcher);
}
