import { describe, expect, it } from "vitest";
import { encodingDamage } from "./encoding-damage.ts";

/** UTF-8 read as Windows-1252, by the platform's own decoder. */
const misread = (text: string): string => new TextDecoder("windows-1252").decode(new TextEncoder().encode(text));

describe("encoding damage", () => {
  it("finds UTF-8 that was read as Windows-1252, and undoes it", () => {
    for (const text of ["café", "naïve – “quoted”", "it’s 5 €", "日本語", "smile 😀 here", "Ünïcödé ß"]) {
      expect(misread(text)).not.toBe(text);
      expect(encodingDamage(misread(text)), text).toEqual({ kind: "mojibake", repaired: text });
    }
  });

  it("finds lost characters, controls and HTML", () => {
    expect(encodingDamage("caf\uFFFD")).toEqual({ kind: "replacement", repaired: null });
    expect(encodingDamage("it\u0092s")).toEqual({ kind: "control", repaired: "it’s" });
    for (const text of ["fish &amp; chips", "it&#39;s", "one<br />two", '<a href="x">y</a>']) {
      expect(encodingDamage(text), text).toEqual({ kind: "html", repaired: null });
    }
  });

  it("leaves sound text alone", () => {
    for (const text of [
      "café",
      "Ünïcödé ß à la carte",
      "São Paulo",
      "AT&T; x < y > z",
      "日本語",
      "5 €",
      "Â",
      "ÃO",
      "a <3 b",
      "Ã é",
    ]) {
      expect(encodingDamage(text), text).toBeNull();
    }
  });
});
