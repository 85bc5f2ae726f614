const signatures: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ["a Parquet file", [0x50, 0x41, 0x52, 0x31]],
  ["a zip archive (or .xlsx, .npz)", [0x50, 0x4b, 0x03, 0x04]],
  ["a gzip file inside another", [0x1f, 0x8b]],
  ["a zstd file", [0x28, 0xb5, 0x2f, 0xfd]],
  ["an xz file", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["a bzip2 file", [0x42, 0x5a, 0x68]],
  ["a PDF file", [0x25, 0x50, 0x44, 0x46]],
  ["UTF-16 text", [0xff, 0xfe]],
  ["UTF-16 text", [0xfe, 0xff]],
];

/** Says what the first bytes of a file that is no UTF-8 text look like, or undefined. */
export function fileSignature(head: Uint8Array): string | undefined {
  return signatures.find(([, bytes]) => bytes.every((byte, i) => head[i] === byte))?.[0];
}
