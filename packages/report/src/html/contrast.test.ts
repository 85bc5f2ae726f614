import { describe, expect, it } from "vitest";
import { styles } from "./styles.ts";

/** Relative luminance of WCAG 2.2 of "#abc" or "#aabbcc". */
function luminance(hex: string): number {
  const full = hex.length === 4 ? hex.replace(/[0-9a-f]/g, "$&$&") : hex;
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(full.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** The colours of each `:root` rule: light, dark, paper. */
const themes = Array.from(styles.matchAll(/:root \{([^}]*)\}/g), ([, body]) =>
  Object.fromEntries(Array.from(body!.matchAll(/--([\w-]+): (#[0-9a-f]+)/g), ([, name, value]) => [name!, value!])),
);

describe.each(themes.map((theme, i) => [["light", "dark", "paper"][i]!, theme] as const))("colours, %s", (_, theme) => {
  const color = (name: string): string => theme[name] ?? expect.fail(`there is no --${name}`);

  it("of text reach 4.5 : 1 on every ground that it stands on (WCAG 1.4.3)", () => {
    for (const ground of ["paper", "ground", "frozen-wash", "tuned-wash"])
      for (const text of ["ink", "quiet"])
        expect(contrast(color(text), color(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    for (const text of ["frozen", "tuned", "s1", "s2", "s3", "s4", "s5", "s6"])
      expect(contrast(color(text), color("paper")), text).toBeGreaterThanOrEqual(4.5);
    for (const text of ["frozen", "tuned"])
      expect(contrast(color(text), color("ground")), text).toBeGreaterThanOrEqual(4.5);
    for (const kind of ["good", "bad"])
      expect(contrast(color("ink"), color(`${kind}-wash`)), kind).toBeGreaterThanOrEqual(4.5);
  });

  it("of lines reach 3 : 1 on the shading of phases (WCAG 1.4.11)", () => {
    for (const ground of ["frozen-wash", "tuned-wash"])
      for (const line of ["tuned", "ink", "quiet"])
        expect(contrast(color(line), color(ground)), `${line} on ${ground}`).toBeGreaterThanOrEqual(3);
  });
});

it("there are a light, a dark and a paper theme", () => {
  expect(themes).toHaveLength(3);
});
