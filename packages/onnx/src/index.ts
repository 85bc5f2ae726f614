export { type DecodeOptions, decodeModel } from "./decode-model.ts";
export { type EncodeOptions, encodeModel } from "./encode-model.ts";
