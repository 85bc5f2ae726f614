import { defaults } from "../pipeline/defaults.ts";
import { type FineTuneOptions, resolveSettings, type Settings } from "../pipeline/settings.ts";

/** A word as a shell takes it. */
const quoted = (text: string): string => (/^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** What the settings would be without any flag but those that decide other defaults. */
function settingsWithoutFlags({ train, vectors, fromModel, head, lr, optimizer }: Settings): Settings {
  return resolveSettings({
    train,
    out: "",
    optimizer,
    ...(vectors === null ? {} : { vectors }),
    ...(fromModel === null ? { head, lr } : { fromModel }),
  } as FineTuneOptions);
}

function flagValue(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return value.join(",");
  return Object.entries(value)
    .map(([key, each]) => `${key}=${Array.isArray(each) ? each.join("+") : String(each)}`)
    .join(",");
}

/** Settings that decide defaults of others: shown where they are not the default themselves. */
function leadingFlags(settings: Settings): (readonly [string, unknown])[] {
  const { head, lr, optimizer, fromModel } = settings;
  const isGiven = {
    head: fromModel === null && head !== defaults.head,
    lr: fromModel === null && lr !== resolveSettings({ train: "", out: "", vectors: "", head }).lr,
    optimizer: optimizer !== defaults.optimizer,
  };
  return (Object.keys(isGiven) as (keyof typeof isGiven)[])
    .filter((name) => isGiven[name])
    .map((name) => [name, settings[name]]);
}

/** What is run, besides what the settings say. */
export interface CommandParts {
  readonly name: "finetune" | "compare";
  /** The folder to name. */
  readonly out: string;
  /** Flags of the command alone; null and undefined are left out. */
  readonly further?: Readonly<Record<string, unknown>>;
  /** Settings that are no flags of the command. */
  readonly except?: readonly string[];
}

/** The command that gives a run again: its inputs and every flag that is not a default, one a line. */
export function reproduceCommand(settings: Settings, { name, out, further = {}, except = [] }: CommandParts): string {
  const { vectors, train, dev, test, fromModel } = settings;
  const usual = settingsWithoutFlags(settings);
  const inputs = Object.entries({ vectors, fromModel, train, dev, test });
  const known = new Set([...inputs.map(([each]) => each), "head", "lr", "optimizer", ...except]);
  const changed = Object.entries(settings).filter(
    ([each, value]) => !known.has(each) && JSON.stringify(value) !== JSON.stringify(usual[each as keyof Settings]),
  );
  const all = [...inputs, ...leadingFlags(settings), ...changed, ...Object.entries(further)];
  const flags = all.flatMap(([each, value]) => {
    if (value === null || value === undefined) return [];
    if (typeof value === "boolean") return [value ? flagOf(each) : flagOf(`no-${each}`)];
    return [`${flagOf(each)} ${quoted(flagValue(value))}`];
  });
  return [`thawline ${name}`, ...flags, `--out ${quoted(out)}`].join(" \\\n  ");
}
