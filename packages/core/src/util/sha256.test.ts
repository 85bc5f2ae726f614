import { describe, expect, it } from "vitest";
import { createSha256 } from "./sha256.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

function hashOf(text: string): string {
  const hash = createSha256();
  hash.update(bytes(text));
  return hash.digest();
}

describe("createSha256", () => {
  // FIPS 180-2, appendix B, and the hash of nothing.
  it.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
    ["a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
  ])("of a published message is the published digest", (message, digest) => {
    expect(hashOf(message)).toBe(digest);
  });

  it("does not depend on how the bytes are cut", () => {
    const message = bytes("x".repeat(300));
    for (const size of [1, 55, 63, 64, 65, 119, 200]) {
      const hash = createSha256();
      for (let at = 0; at < message.length; at += size) hash.update(message.subarray(at, at + size));
      expect(hash.digest()).toBe(hashOf("x".repeat(300)));
    }
  });
});
