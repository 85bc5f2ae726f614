// Backends for browsers with which something is wrong. None computes anything: every graph case calls `compile`, and the
// case contract/supports-is-sound passes without it.
const backend = (name, compile) => ({
  specVersion: 1,
  name,
  supports: { ops: [], precision: "f32", bitReproducible: false, concurrentRuns: true },
  compile,
  close: async () => {},
});

/** The page hangs, as in an endless loop of a kernel. */
export const hangingBackend = () =>
  backend("hanging", () => {
    for (;;);
  });

/** Waits for ever, the page lives. */
export const waitingBackend = () => backend("waiting", () => new Promise(() => {}));

/** The graphics device goes away, and whoever waits for it waits for ever. */
export const losingBackend = () =>
  backend("losing", () => {
    new OffscreenCanvas(1, 1).getContext("webgl2").getExtension("WEBGL_lose_context").loseContext();
    return new Promise(() => {});
  });

/** Throws something that is no Thawline error. */
export const throwingBackend = () =>
  backend("throwing", () => {
    console.error("about to throw");
    throw new TypeError("no shader today");
  });

/** Does not work in this browser. */
export const absentBackend = () => {
  throw Object.assign(new Error("needs a device that is not there"), {
    [Symbol.for("thawline.error")]: true,
    code: "BACKEND_UNAVAILABLE",
  });
};

/** Another backend than the one that was asked for. */
export const impostorBackend = () => backend("somebody-else", () => {});
