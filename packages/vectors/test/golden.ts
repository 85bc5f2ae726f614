import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Path of a file that the tools named in test/golden made. */
export const goldenPath = (name: string): string => fileURLToPath(new URL(`golden/${name}`, import.meta.url));
export const golden = (name: string): Uint8Array => new Uint8Array(readFileSync(goldenPath(name)));
export const goldenText = (name: string): string => readFileSync(goldenPath(name), "utf8");
export const goldenJson = <T>(name: string): T => JSON.parse(goldenText(name)) as T;

/** float32 values from their bits in hexadecimal. */
export const fromBits = (bits: readonly string[]): Float32Array =>
  new Float32Array(Uint32Array.from(bits, (text) => Number.parseInt(text, 16)).buffer);
export const bitsOf = (data: Float32Array): string[] =>
  [...new Uint32Array(data.slice().buffer)].map((bits) => bits.toString(16).padStart(8, "0"));
