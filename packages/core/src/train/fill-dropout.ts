import type { FloatArray } from "../tensor.ts";
import type { Random } from "../util/random.ts";

/**
 * Fills a dropout mask in place: 0 with probability `rate`, else 1 / (1 − rate), so that the expected value is 1.
 * At rate 0, or without a generator, every element is 1 and no random number is drawn.
 * @remarks Srivastava et al. 2014, in the "inverted" form.
 */
export function fillDropout(mask: FloatArray, rate: number, random: Random | undefined): void {
  if (rate === 0 || random === undefined) {
    mask.fill(1);
    return;
  }
  const kept = 1 / (1 - rate);
  const threshold = rate * 4294967296;
  for (let i = 0; i < mask.length; i++) mask[i] = random.nextUint32() < threshold ? 0 : kept;
}
