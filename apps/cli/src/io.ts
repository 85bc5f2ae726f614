/** Where a stream of text goes. */
export interface TextOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** Everything that the command takes from its surroundings, so that tests can give their own. */
export interface Io {
  /** Data. */
  readonly stdout: TextOutput;
  /** Talk. */
  readonly stderr: TextOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder where `thawline.config.*` is looked for. */
  readonly cwd: string;
  /** Aborted by the first Ctrl-C, for commands that can stop in good order. */
  interrupt?(): AbortSignal;
}
