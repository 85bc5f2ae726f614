import { describe, expect, it } from "vitest";
import { hasNoWords, normalizedWords } from "./normalized-words.ts";

describe("normalized words", () => {
  it("are the same for the same text in other case, marks, spaces and Unicode forms", () => {
    const same = [
      "Don't  touch the café!",
      "don\u2019t touch the cafe\u0301",
      "DONT touch, the CAFÉ ...",
      "\uFF24on't touch - the ca\uFB01".replace("\uFB01", "fé"),
    ];
    for (const text of same) expect(normalizedWords(text)).toEqual(["dont", "touch", "the", "café"]);
    expect(normalizedWords("top-up £5.20")).toEqual(["top", "up", "5", "20"]);
  });

  it("keep emoji, and take characters of scripts without spaces one by one", () => {
    expect(normalizedWords("good 👍")).not.toEqual(normalizedWords("good 👎"));
    expect(normalizedWords("カードをなくした a")).toEqual([..."カードをなくした", "a"]);
    expect(normalizedWords("我的card丢了")).toEqual(["我", "的", "card", "丢", "了"]);
  });

  it("leave a text of marks as it is, so that two of them differ", () => {
    expect(normalizedWords(" :)  ")).toEqual([":)"]);
    expect(normalizedWords(":(")).toEqual([":("]);
    expect([":)", "…", " "].map(hasNoWords)).toEqual([true, true, true]);
    expect(["a", "7", "👍"].map(hasNoWords)).toEqual([false, false, false]);
  });
});
