import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const folder = new URL("../test-fixtures/", import.meta.url);
const bytes = readFileSync(new URL("glove-sample.safetensors", folder));
const readme = readFileSync(new URL("README.md", folder), "utf8");

/** What the README states in its table: | field | value |. */
const stated = (field) => readme.match(new RegExp(`^\\| ${field} \\| \`?([^\`|]+?)\`? \\|`, "m"))?.[1];

/** The value of binary16 bits (IEEE 754-2019, 3.4), written apart from every codec of the packages. */
const float16 = (bits) => {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
};

const headerEnd = 8 + Number(bytes.readBigUInt64LE(0));
const header = JSON.parse(bytes.toString("utf8", 8, headerEnd));
const words = JSON.parse(header.__metadata__.words);
const [rows, dimension] = header.embeddings.shape;
const vectorOf = (word) => {
  const start = headerEnd + words.indexOf(word) * dimension * 2;
  return Array.from({ length: dimension }, (_, d) => float16(bytes.readUInt16LE(start + 2 * d)));
};

/** First components in glove.6B.100d.txt as it is quoted in public. */
const published = {
  the: [-0.038194, -0.24487, 0.72812, -0.39961, 0.083172, 0.043953, -0.39141],
  of: [-0.1529, -0.24279, 0.89837, 0.16996, 0.53516, 0.48784, -0.58826],
  to: [-0.1897, 0.050024, 0.19084, -0.049184, -0.089737],
  and: [-0.071953, 0.23127, 0.023731, -0.50638, 0.33923],
  in: [0.085703, -0.22201, 0.16569, 0.13373, 0.38239],
  with: [-0.43608, 0.39104, 0.51657, -0.13861],
};

describe("test-fixtures/glove-sample.safetensors", () => {
  it("is the file that its README describes", () => {
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(stated("SHA-256"));
    expect(bytes.length).toBe(Number(stated("size").replace(/[^\d]/g, "")));
    expect(`${rows} × ${dimension}`).toBe(stated("rows × components").replaceAll(",", ""));
  });

  it("is at most 4 MB of float16, with one distinct word for each row", () => {
    expect(bytes.length).toBeLessThanOrEqual(4_000_000);
    expect(header.embeddings.dtype).toBe("F16");
    expect(bytes.length).toBe(headerEnd + rows * dimension * 2);
    expect(words.length).toBe(rows);
    expect(new Set(words).size).toBe(rows);
  });

  it.each(Object.entries(published))("has the published GloVe 6B values of %s", (word, expected) => {
    const vector = vectorOf(word);
    // Half a unit in the last place of a normal binary16 is 2^-11 of the value.
    for (const [d, value] of expected.entries()) {
      expect(Math.abs(vector[d] - value)).toBeLessThanOrEqual(2 ** -11 * Math.abs(value));
    }
  });

  it("has neither the norm nor the index that the package keeps behind the components", () => {
    expect(dimension).toBe(100);
    // The package gives 5.821154 as the norm of "the".
    expect(Math.hypot(...vectorOf("the"))).toBeCloseTo(5.821154, 3);
  });
});
