import type { Io, TextOutput } from "../io.ts";

/** Styles text for a terminal, or leaves it as it is. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

const codes = { bold: [1, 22], dim: [2, 22], green: [32, 39], yellow: [33, 39] } as const;

/** Colours only on a terminal, and not where NO_COLOR or CI is set (https://no-color.org). */
export function styleFor(output: TextOutput, { env }: Pick<Io, "env">): Style {
  const isPlain = output.isTTY !== true || Boolean(env.NO_COLOR) || Boolean(env.CI) || env.TERM === "dumb";
  const paint =
    ([on, off]: readonly [number, number]) =>
    (text: string) =>
      isPlain ? text : `\x1b[${on}m${text}\x1b[${off}m`;
  return { bold: paint(codes.bold), dim: paint(codes.dim), green: paint(codes.green), yellow: paint(codes.yellow) };
}
