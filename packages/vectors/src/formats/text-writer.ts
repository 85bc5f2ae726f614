import { appendFloat32 } from "../numbers/format-float32.ts";
import type { RowEncoder } from "../vector-format.ts";
import { endsInNumber } from "./text-rows.ts";

/** Writes rows as `word number … number\n`, shortest decimals, one space between. */
export const textRowEncoder: RowEncoder = {
  refuses(word) {
    if (word.includes(0x0a)) return "it contains a line break";
    return endsInNumber(word, 0, word.length)
      ? "it ends in a number after a space, which reads as one component more"
      : undefined;
  },
  encode(into, word, values) {
    into.append(word);
    for (let index = 0; index < values.length; index++) {
      into.reserve(1);
      into.bytes[into.length++] = 0x20;
      appendFloat32(into, values[index]);
    }
    into.reserve(1);
    into.bytes[into.length++] = 0x0a;
  },
};
