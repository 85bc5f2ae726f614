const marker = Symbol.for("thawline.error");

/** Every stable error code of the project. Codes change only in a major version; messages may change at any time. */
export type ErrorCode =
  | "INVALID_GRAPH"
  | "UNKNOWN_VALUE"
  | "SHAPE_MISMATCH"
  | "DTYPE_MISMATCH"
  | "UNSUPPORTED_OP"
  | "NOT_DIFFERENTIABLE"
  | "FEED_MISSING"
  | "FEED_UNKNOWN"
  | "FEED_MISMATCH"
  | "BACKEND_UNAVAILABLE"
  | "BACKEND_FAILED"
  | "BACKEND_CLOSED"
  | "NON_FINITE"
  | "UNKNOWN_GROUP"
  | "INVALID_POLICY"
  | "ROW_FROZEN"
  | "INVALID_CONFIG"
  | "BAD_VECTOR_FILE"
  | "BAD_MODEL_FILE"
  | "BAD_DATA_FILE"
  | "BAD_DATA"
  | "NO_VOCABULARY_OVERLAP"
  | "ALIGNMENT_MISMATCH"
  | "OUTPUT_FAILED"
  | "ABORTED";

/**
 * Base of every error that Thawline throws on purpose. Recognise it by `ThawlineError.isInstance(error)` and tell
 * cases apart by `code`: `instanceof` breaks where two versions of a package are installed.
 * A caller's programming mistake (wrong argument type) is a plain `TypeError` or `RangeError` instead.
 */
export class ThawlineError extends Error {
  readonly code: ErrorCode;
  readonly [marker] = true;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ThawlineError";
    this.code = code;
  }

  static isInstance(error: unknown): error is ThawlineError {
    return typeof error === "object" && error !== null && marker in error;
  }
}

/** A graph, a value in it or a request about it is malformed. */
export class GraphError extends ThawlineError {
  override readonly name = "GraphError";
  constructor(
    code: "INVALID_GRAPH" | "UNKNOWN_VALUE" | "SHAPE_MISMATCH" | "DTYPE_MISMATCH",
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
  }
}

/** A backend lacks an op that a graph uses. */
export class UnsupportedOpError extends ThawlineError {
  override readonly name = "UnsupportedOpError";
  readonly op: string;
  readonly backend: string;
  constructor(op: string, backend: string) {
    super("UNSUPPORTED_OP", `op ${op} is not supported by backend "${backend}"; see its supports.ops`);
    this.op = op;
    this.backend = backend;
  }
}

/** A gradient was asked for that does not exist. */
export class NotDifferentiableError extends ThawlineError {
  override readonly name = "NotDifferentiableError";
  constructor(message: string) {
    super("NOT_DIFFERENTIABLE", message);
  }
}

/** A feed is missing, unknown or of another shape or dtype than its input. */
export class FeedError extends ThawlineError {
  override readonly name = "FeedError";
  constructor(code: "FEED_MISSING" | "FEED_UNKNOWN" | "FEED_MISMATCH", message: string) {
    super(code, message);
  }
}

/** A backend cannot be loaded, failed, or was used after `close`. */
export class BackendError extends ThawlineError {
  override readonly name = "BackendError";
  readonly backend: string;
  constructor(
    code: "BACKEND_UNAVAILABLE" | "BACKEND_FAILED" | "BACKEND_CLOSED",
    backend: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, `backend "${backend}": ${message}`, options);
    this.backend = backend;
  }
}

/** NaN or infinity where only finite numbers make sense. `where` names the loss, gradient or row; `step` counts from 1. */
export class NonFiniteError extends ThawlineError {
  override readonly name = "NonFiniteError";
  readonly where: string;
  readonly step: number | undefined;
  constructor(where: string, message: string, step?: number) {
    super("NON_FINITE", message);
    this.where = where;
    this.step = step;
  }
}

/** A freeze policy or training configuration cannot be carried out. */
export class PolicyError extends ThawlineError {
  override readonly name = "PolicyError";
  constructor(code: "UNKNOWN_GROUP" | "INVALID_POLICY" | "ROW_FROZEN" | "INVALID_CONFIG", message: string) {
    super(code, message);
  }
}

/** Where in a file something is wrong; each field only if known. `line` counts from 1, `offset` is in bytes. */
export interface FileLocation {
  readonly file?: string;
  readonly line?: number;
  readonly offset?: number;
}

/** A file or its content is not what it should be. The message starts with the location. */
export class FormatError extends ThawlineError {
  override readonly name = "FormatError";
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly offset: number | undefined;
  constructor(
    code: "BAD_VECTOR_FILE" | "BAD_MODEL_FILE" | "BAD_DATA_FILE",
    message: string,
    location: FileLocation = {},
    options?: ErrorOptions,
  ) {
    const where = [
      location.file,
      location.line === undefined ? undefined : `line ${location.line}`,
      location.offset === undefined ? undefined : `byte ${location.offset}`,
    ].filter((part) => part !== undefined);
    super(code, where.length > 0 ? `${where.join(", ")}: ${message}` : message, options);
    this.file = location.file;
    this.line = location.line;
    this.offset = location.offset;
  }
}
