import type { ByteBuilder } from "./bytes/byte-builder.ts";
import type { ByteWindow } from "./bytes/byte-window.ts";
import type { BytePlatform } from "./bytes/platform.ts";
import type { WordList } from "./npy/words.ts";
import type { RowGate } from "./row-gate.ts";

/** The formats that can be written (and read), by the names of the command line. */
export type WritableFormatName = "glove" | "word2vec" | "word2vec-binary" | "safetensors" | "npy";

/** The formats of one file. */
export type FileFormatName = WritableFormatName | "fasttext";

/** All formats that can be read; the last two are folders of files. */
export type VectorFormatName = FileFormatName | "model2vec" | "sentence-transformers";

/** Element type on disk, where the format leaves a choice. */
export type VectorDType = "f32" | "f16";

/** The first bytes of a file (up to 128 KiB), uncompressed. */
export interface FileHead {
  readonly bytes: Uint8Array;
  /** True where this is all there is. */
  readonly isWhole: boolean;
}

/** What a format's reader works on. */
export interface ReadContext {
  readonly window: ByteWindow;
  readonly gate: RowGate;
  /** For messages. */
  readonly file: string | undefined;
  /** Bytes of the (uncompressed) file where known: bounds every allocation. */
  readonly size: number | undefined;
  /** Rows of the whole file if those to come are as long as those so far; undefined for a source of unknown size. */
  readonly estimateRows: () => number | undefined;
  readonly searchable: BytePlatform["searchable"];
  /** The words of a format that has them in another file. @throws FormatError where there are none */
  words(): Promise<WordList>;
  /** A format with a choice of element types tells here which the file has; undefined where ours would not write it. */
  storedAs(dtype: VectorDType | undefined): void;
  /** The caller's word on the dimension. */
  readonly dimension: number | undefined;
}

/** What is known when all rows are there; a header may need it. */
export interface TableTotals {
  readonly rows: number;
  readonly dimension: number;
  /** The words' bytes, in row order. */
  words(): readonly string[];
}

/** How rows become bytes. */
export interface RowEncoder {
  /** Bytes before the first row, where the format has a header. Called when the totals are known. */
  readonly header?: (totals: TableTotals) => Uint8Array;
  /** Whether `header` asks for the words, which are kept for it then. */
  readonly needsWords?: boolean;
  /** Whether the words go to a file of their own, one a line. */
  readonly listsWords?: boolean;
  /** Why the format cannot hold this word (a phrase that follows "it "), or undefined. */
  refuses(word: Uint8Array): string | undefined;
  /** Appends one row; `values` is borrowed. */
  encode(into: ByteBuilder, word: Uint8Array, values: Float32Array): void;
}

/** A file format: one value of this type in one file, and one entry in `vectorFormats`. */
export interface VectorFormat {
  readonly name: FileFormatName;
  /** What people call it. */
  readonly title: string;
  /** The extension (with its dot) that chooses it for output; undefined where it cannot be written. */
  readonly extension: string | undefined;
  /** Whether the content looks like it. Asked in the order of `detectionOrder`. */
  detects(head: FileHead): boolean;
  /** Feeds all rows to the gate. @throws FormatError BAD_VECTOR_FILE */
  read(context: ReadContext): Promise<void>;
  /** Absent where it cannot be written. */
  readonly encoder?: (options: { readonly dtype: VectorDType }) => RowEncoder;
}
