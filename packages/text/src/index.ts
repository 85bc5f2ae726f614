export { alignmentChecksum } from "./alignment/alignment-checksum.ts";
export { type ExtendedTable, type ExtendOptions, extendAlignment } from "./alignment/extend-alignment.ts";
export {
  findMisalignedRow,
  type MisalignedRow,
  misalignment,
  type NamedRows,
  type RecordedRows,
  rowChecksums,
  verifyRowChecksums,
} from "./alignment/row-checksums.ts";
export { type VerifyAlignmentOptions, verifyAlignment } from "./alignment/verify-alignment.ts";
export {
  type RowSource,
  rowSource,
  type VerifiedRows,
  type VerifyRowsOptions,
  verifyRows,
} from "./alignment/verify-rows.ts";
export {
  type AlignmentAudit,
  type AuditOptions,
  auditAlignment,
  type LabelledTexts,
  type MissingWord,
} from "./audit/audit-alignment.ts";
export { auditForms } from "./audit/audit-forms.ts";
export type { TokenizerFit } from "./audit/compare-tokenizers.ts";
export type { Anomaly } from "./audit/find-anomalies.ts";
export type { LabelInformation } from "./audit/label-information.ts";
export type { Recovery, WordRecovery } from "./audit/measure-recoveries.ts";
export type { ClassCoverage, TextCoverage } from "./audit/text-coverage.ts";
export { type CheckOptions, checkData, type DataCheck } from "./check/check-data.ts";
export {
  type ConfidentLearning,
  confidentLearning,
  type LabelledProbabilities,
} from "./check/confident-learning.ts";
export { type EncodingDamage, type EncodingDamageKind, encodingDamage } from "./check/encoding-damage.ts";
export type { Conflict, ConflictReport, NearConflict } from "./check/find-conflicts.ts";
export type { Leak, Likeness, RepeatReport, Repeats, Twin } from "./check/find-repeats.ts";
export { type Finding, type FindingCode, findingCodes, type Severity } from "./check/findings.ts";
export type { LabelBalance, LabelCount } from "./check/label-balance.ts";
export type { NoiseReport, SplitNoise, Suspect } from "./check/label-noise.ts";
export { type LabelSpelling, labelSpellings } from "./check/label-spellings.ts";
export type { Estimate, Learnability } from "./check/learnability.ts";
export {
  fitLogisticRegression,
  type LinearModel,
  type LogisticOptions,
  predictProbabilities,
} from "./check/logistic-regression.ts";
export type { NearOptions } from "./check/near-duplicates.ts";
export { normalizedWords } from "./check/normalized-words.ts";
export type { OddKind, OddText, OddTexts, TextReport } from "./check/odd-texts.ts";
export type { SparseRows } from "./check/sparse-rows.ts";
export { type CheckedSplits, type RowPlace, type SplitName, splitNames } from "./check/split-rows.ts";
export { type DataFormat, dataFormatOf, dataFormats } from "./data/data-format.ts";
export { type Dataset, datasetOf, type SkippedRow } from "./data/dataset.ts";
export { detectDataFormat } from "./data/detect-data-format.ts";
export type { Gunzip } from "./data/gunzip.ts";
export { type EncodeLabelsOptions, encodeLabels, labelsOf } from "./data/labels.ts";
export type { ParquetSource } from "./data/parquet/parquet-source.ts";
export { type ReadDatasetOptions, readDataset, readParquetDataset } from "./data/read-dataset.ts";
export { readLines } from "./data/read-lines.ts";
export { splitDataset } from "./data/split-dataset.ts";
export { huggingFaceJsonOf } from "./tokenize/hugging-face-json.ts";
export {
  type HuggingFaceSpec,
  type HuggingFaceTokenizer,
  type LoadHuggingFaceOptions,
  loadHuggingFaceTokenizer,
} from "./tokenize/hugging-face-tokenizer.ts";
export { type TokenizedTexts, tokenizeTexts } from "./tokenize/tokenize-texts.ts";
export {
  createTokenizer,
  type NamedTokenizer,
  type Tokenizer,
  type TokenizerName,
  type TokenizerSpec,
  tokenizerNames,
} from "./tokenize/tokenizer.ts";
export {
  type AlignedTable,
  type AlignOptions,
  alignVocabulary,
  unknownWords,
} from "./vocabulary/align-vocabulary.ts";
export { buildVocabulary, type Vocabulary } from "./vocabulary/build-vocabulary.ts";
export { countTokens, type TokenCounts } from "./vocabulary/count-tokens.ts";
export { type Coverage, coverage } from "./vocabulary/coverage.ts";
export { type EncodedTexts, encodeTexts } from "./vocabulary/encode-texts.ts";
export type { LoadedVectors } from "./vocabulary/loaded-vectors.ts";
export {
  createLookup,
  type Lookup,
  type LookupRule,
  type LookupSpec,
  lookupRules,
  wantedForms,
} from "./vocabulary/lookup.ts";
export { type OovStrategy, oovStrategies } from "./vocabulary/oov-rows.ts";
