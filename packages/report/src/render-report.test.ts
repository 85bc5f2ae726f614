import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { figureOf, parsePage, tableOf, textOf } from "../test/parse-page.ts";
import { sampleComparison } from "../test/sample-comparison.ts";
import { sampleEpochs, sampleRun, sampleWord } from "../test/sample-run.ts";
import { type ReportData, renderReport } from "./index.ts";

const pageOf = async (data: ReportData): Promise<Document> => parsePage((await renderReport(data)).html);

const headings = (page: Document): string[] => Array.from(page.querySelectorAll("main h2")).map(textOf);

/** Marks of each of a figure's drawings: elements that carry a title, which are data. */
const marks = (figure: Element): string[][] =>
  Array.from(figure.querySelectorAll("svg")).map((svg) => Array.from(svg.querySelectorAll("title")).map(textOf));

describe("the page of a run", () => {
  it("has every section, the verdict first", async () => {
    const page = await pageOf(sampleRun());
    expect(textOf(page.querySelector("h1"))).toBe("Tuning helped: use the tuned vectors");
    expect(textOf(page.querySelector(".lead"))).toContain("78.7 % frozen, 85.3 % tuned (+6.6 points)");
    expect(headings(page)).toEqual([
      "Scores",
      "Over the epochs",
      "What moved, and how far",
      "The words that moved most",
      "How the text meets the vectors",
      "The data",
      "Reproduce",
    ]);
    const links = Array.from(page.querySelectorAll("nav a")).map((link) => link.getAttribute("href"));
    for (const link of links) expect(page.querySelector(`main h2${link}`), link!).not.toBeNull();
    expect(links).toHaveLength(7);
  });

  it("draws a mark for every figure, at both widths", async () => {
    const page = await pageOf(sampleRun({ epochs: sampleEpochs(12, 5) }));
    expect(marks(figureOf(page, "Accuracy on dev")).map((each) => each.length)).toEqual([12, 12]);
    expect(marks(figureOf(page, "Loss")).map((each) => each.length)).toEqual([24, 24]);
    expect(marks(figureOf(page, "Drift of the vectors"))[0]).toHaveLength(24);
    // The head in 12 epochs, the vectors in the 7 that trained them.
    expect(marks(figureOf(page, "Learning rates"))[0]).toHaveLength(19);
    expect(marks(figureOf(page, "Where the words went")).map((each) => each.length)).toEqual([10, 10]);
  });

  it("places what it draws by the data's scale", async () => {
    const page = await pageOf(sampleRun());
    const svg = figureOf(page, "Accuracy on dev").querySelector("svg")!;
    const dots = Array.from(svg.querySelectorAll("circle")).map((dot) => ({
      x: Number(dot.getAttribute("cx")),
      y: Number(dot.getAttribute("cy")),
    }));
    const values = sampleRun().epochs.map((epoch) => epoch.devAccuracy!);
    // Epochs are equally far apart; heights are linear in the accuracy, the higher the smaller y.
    const step = dots[1]!.x - dots[0]!.x;
    const slope = (dots[11]!.y - dots[0]!.y) / (values[11]! - values[0]!);
    expect(step).toBeGreaterThan(0);
    expect(slope).toBeLessThan(0);
    dots.forEach((dot, i) => {
      expect(Math.abs(dot.x - dots[0]!.x - i * step)).toBeLessThan(0.1);
      expect(Math.abs(dot.y - dots[0]!.y - slope * (values[i]! - values[0]!))).toBeLessThan(0.1);
    });
  });

  it("shades the phases and rules the best epoch", async () => {
    const page = await pageOf(sampleRun());
    const svg = figureOf(page, "Loss").querySelector("svg")!;
    const washes = Array.from(svg.querySelectorAll("rect")).map((rect) => ({
      width: Number(rect.getAttribute("width")),
      fill: rect.getAttribute("fill"),
    }));
    expect(washes.map(({ fill }) => fill)).toEqual(["var(--frozen-wash)", "var(--tuned-wash)"]);
    expect(washes[0]!.width / washes[1]!.width).toBeCloseTo(5 / 7, 2);
    expect(textOf(figureOf(page, "Accuracy on dev").querySelector("figcaption"))).toContain("best epoch, 10");
  });

  it("gives the figures of every chart as a table too", async () => {
    const page = await pageOf(sampleRun());
    const loss = tableOf(page, "Loss by epoch");
    expect(loss[0]).toEqual(["epoch", "phase", "train loss", "dev loss"]);
    expect(loss[1]).toEqual(["1", "frozen", "0.6000", "0.5500"]);
    expect(loss).toHaveLength(13);
    expect(tableOf(page, "Learning rates by epoch")[1]).toEqual(["1", "frozen", "frozen", "0.01"]);
    expect(tableOf(page, "Drift by word frequency")[2]).toEqual(["2–4", "800", "790", "0.0040", "0.0060", "0.022"]);
  });

  it("names moved words with the neighbours that they lost and gained", async () => {
    const page = await pageOf(sampleRun({ movedWords: [sampleWord("bland")] }));
    const rows = tableOf(page, "The words that moved most");
    expect(rows[1]).toEqual(["bland", "0.050", "120", "good, fine, before0", "fine, good, after0"]);
    const row = page.querySelector("#words")!.parentElement!.querySelector("tbody tr")!;
    expect(Array.from(row.querySelectorAll("s.lost")).map(textOf)).toEqual(["before0"]);
    expect(Array.from(row.querySelectorAll("b.new")).map(textOf)).toEqual(["after0"]);
  });

  it("gives the accuracy's interval: Wilson's of 256 of 300 is 80.9 to 88.9 %", async () => {
    // statsmodels 0.15.0: proportion_confint(256, 300, method="wilson") = (0.80884, 0.88889)
    const [, , tuned] = tableOf(await pageOf(sampleRun()), "Accuracy, loss and macro-F1");
    expect(tuned![2]).toContain("85.3 % 80.9 to 88.9 %");
  });

  it("says that frozen rows are identical, and shouts where they are not", async () => {
    const { frozenRows } = sampleRun();
    expect(textOf((await pageOf(sampleRun())).querySelector(".note"))).toContain("bit-identical to the input");
    const broken = await pageOf(
      sampleRun({ frozenRows: { ...frozenRows!, sha256After: "00".repeat(32), bitIdentical: false } }),
    );
    expect(textOf(broken.querySelector(".note.warning"))).toContain("not all are identical to the input");
    expect(textOf(broken.querySelector(".tiles"))).toContain("CHANGED");
  });

  it("draws whether words kept their company, and the break from words that training never saw", async () => {
    const page = await pageOf(sampleRun());
    expect(marks(figureOf(page, "Company and shape"))[0]).toHaveLength(24);
    expect(marks(figureOf(page, "Break from never-seen words"))[0]).toHaveLength(12);
    expect(tableOf(page, "Company and shape by epoch")[12]!.slice(2)).toEqual(["91.6 %", "0.9860", "0.1100", "0.8000"]);
    expect(tableOf(page, "Break from never-seen words by epoch")[12]!.at(-1)).toBe("0.02100");
    const unmeasured = sampleRun().epochs.map(({ sampledDrift: _, ...epoch }) => epoch);
    const without = await pageOf(sampleRun({ epochs: unmeasured }));
    expect(headings(without)).toContain("What moved, and how far");
    expect(() => figureOf(without, "Company and shape")).toThrow();
  });

  it("draws the guard's limit where it is near, and says what the guard did", async () => {
    const page = await pageOf(sampleRun());
    const drift = figureOf(page, "Drift of the vectors");
    expect(textOf(drift.querySelector("figcaption"))).toContain("dashed line is the limit");
    expect(textOf(drift.querySelector("svg"))).toContain("limit");
    const far = figureOf(await pageOf(sampleRun({ driftLimit: 5 })), "Drift of the vectors");
    expect(textOf(far)).not.toContain("limit");
    expect(tableOf(page, "What the drift guard did")[1]).toEqual([
      "epoch 11, step 825",
      "slow",
      "mean cosine distance 0.0101, limit 0.01",
      "learning rate × 0.5",
    ]);
  });

  it("says beside the scores what misleads about them, and lists findings by weight", async () => {
    const finding = (severity: "problem" | "warning" | "note", message: string) =>
      ({ severity, kind: "near-leaks", split: null, count: null, message, examples: [] }) as const;
    const findings = [finding("note", "a note"), finding("warning", "a warning"), finding("problem", "2 rows leak")];
    const page = await pageOf(sampleRun({ findings }));
    const scores = page.querySelector("#scores")!.parentElement!;
    expect(textOf(scores.querySelector(".note.warning"))).toBe("The data misleads. 2 rows leak.");
    const items = Array.from(page.querySelector("#data")!.parentElement!.querySelectorAll("li")).map(textOf);
    expect(items).toEqual([
      "problem near leaks: 2 rows leak",
      "warning near leaks: a warning",
      "note near leaks: a note",
    ]);
    expect((await pageOf(sampleRun())).querySelector("#scores ~ .warning")).toBeNull();
  });

  it("says what became of words that training never saw, with the scores with and without", async () => {
    const { metrics } = sampleRun();
    const metricsWithout = { dev: metrics.dev!, test: { ...metrics.test!, accuracy: 0.84 } };
    const carried = { rows: 120, reason: "the map halves the held-out error", metricsWithout };
    const text = textOf((await pageOf(sampleRun({ carried }))).querySelector("#drift")!.parentElement);
    expect(text).toContain("The map halves the held-out error. 120 rows followed the learned map.");
    expect(text).toContain("Accuracy on test: 84.0 % without, 84.7 % with them.");
    const none = { rows: 0, reason: "too few rows moved", metricsWithout: null };
    const stayed = textOf((await pageOf(sampleRun({ carried: none }))).querySelector("#drift")!.parentElement);
    expect(stayed).toContain("Words that training never saw stayed. Too few rows moved.");
  });

  it("gives the command, the hashes and the settings", async () => {
    const page = await pageOf(sampleRun());
    expect(page.querySelector("pre")!.textContent).toBe(sampleRun().origin.command);
    expect(textOf(page.querySelector("#reproduce")!.parentElement)).toContain("cd".repeat(32));
    expect(tableOf(page, "Configuration")).toContainEqual(["headOptions", "{}"]);
  });
});

describe("a run with little in it", () => {
  const { drift, phases, metrics, task } = sampleRun();
  const still = { ...drift!, movedRows: 0, movedNewRows: 0, meanCosineDistance: 0, p95CosineDistance: 0 };

  it("on frozen vectors says that nothing moved, and draws no drift", async () => {
    const epochs = sampleEpochs(3, 3);
    const page = await pageOf(
      sampleRun({
        epochs,
        bestEpoch: 3,
        verdict: null,
        phases: { frozen: phases.frozen, tuned: null },
        drift: still,
        bands: [],
        movedWords: [],
        map: null,
      }),
    );
    expect(textOf(page.querySelector("h1"))).toBe("The vectors stayed frozen");
    expect(textOf(page.querySelector("main"))).toContain("No pre-trained vector moved");
    expect(headings(page)).not.toContain("The words that moved most");
    expect(() => figureOf(page, "Drift of the vectors")).toThrow();
  });

  it("keeps the vectors frozen where that is the verdict", async () => {
    const verdict = { recommendation: "frozen", reason: "tuning did not lower the dev loss" } as const;
    const page = await pageOf(sampleRun({ verdict, drift: still, movedWords: [], map: null }));
    expect(textOf(page.querySelector("h1"))).toBe("Keep the vectors frozen");
    expect(page.querySelector("header")!.className).toBe("frozen");
  });

  it("of one epoch, without test, alignment, checks and guard", async () => {
    const page = await pageOf(
      sampleRun({
        epochs: sampleEpochs(1, 0),
        bestEpoch: 1,
        verdict: null,
        phases: { frozen: null, tuned: { ...phases.tuned!, epoch: 1, test: null } },
        metrics: { ...metrics, test: null },
        task: { ...task, devIsHeldOut: true },
        alignment: null,
        findings: null,
        guard: [],
        driftLimit: null,
      }),
    );
    expect(marks(figureOf(page, "Accuracy on dev"))[0]).toHaveLength(1);
    expect(textOf(page.querySelector("main"))).toContain("There is no test score");
    expect(page.querySelectorAll("svg [d*='NaN'], svg [transform*='NaN'], svg [cy='NaN']")).toHaveLength(0);
  });

  it("that was stopped has no verdict", async () => {
    const none = { train: null, dev: null, test: null };
    const page = await pageOf(
      sampleRun({
        bestEpoch: null,
        verdict: null,
        epochs: [],
        metrics: none,
        phases: { frozen: null, tuned: null },
        drift: null,
        frozenRows: null,
        bands: [],
        movedWords: [],
        map: null,
      }),
    );
    expect(textOf(page.querySelector("h1"))).toContain("stopped");
    expect(headings(page)).toEqual(["How the text meets the vectors", "The data", "Reproduce"]);
  });

  it("of 77 labels shows the worst covered, and no colours for labels", async () => {
    const labels = Array.from({ length: 77 }, (_, i) => `intent_${i}`);
    const { alignment, map } = sampleRun();
    const classes = labels.map((name) => ({ ...alignment!.classes[0]!, name }));
    const words = map!.words.map((each, i) => ({ ...each, label: labels[i * 7]! }));
    const page = await pageOf(
      sampleRun({
        task: { ...task, labels },
        alignment: { ...alignment!, classes },
        map: { ...map!, words },
      }),
    );
    expect(tableOf(page, "Coverage by label, the worst 12 of 77")).toHaveLength(13);
    expect(textOf(page.querySelector("#data")!.parentElement)).toContain("and 65 more");
    expect(page.querySelector("[class*='series-']")).toBeNull();
  });
});

describe("the page of a comparison", () => {
  it("has the verdict with its rule, arms, pairs, trade-off and curves", async () => {
    const page = await pageOf(sampleComparison());
    expect(textOf(page.querySelector("h1"))).toBe("Use the policy “gradual”");
    expect(textOf(page.querySelector(".lead"))).toBe(
      "Gradual changed dev accuracy by +6.1 points, 95 % interval +3.5 to +8.7.",
    );
    expect(textOf(page.querySelector("#pairs")!.parentElement)).toContain("The rule. Keep frozen unless");
    expect(headings(page)).toEqual([
      "The policies",
      "Pair by pair",
      "Accuracy against drift",
      "How much data it takes",
      "The data",
      "Reproduce",
    ]);
    expect(tableOf(page, "Policies")[2]).toEqual([
      "full",
      "5",
      "83.8 %",
      "82.6 to 85.0 %",
      "82.8 %",
      "81.6 to 84.0 %",
      "0.021",
      "83.2 %",
    ]);
    expect(tableOf(page, "Differences in accuracy")[3]).toEqual([
      "gradual − full (dev)",
      "+0.4",
      "−0.9 to +1.7",
      "0.430",
      "permutation",
    ]);
  });

  it("draws each arm with its interval and its seeds", async () => {
    const page = await pageOf(sampleComparison());
    const svg = figureOf(page, "Accuracy on dev").querySelector("svg")!;
    expect(svg.querySelectorAll("circle")).toHaveLength(3 + 15);
    const lines = Array.from(svg.querySelectorAll("line[stroke^='var(--s']"));
    const widths = lines.map((line) => Number(line.getAttribute("x2")) - Number(line.getAttribute("x1")));
    expect(widths).toHaveLength(3);
    // All intervals of the sample are equally wide.
    expect(Math.max(...widths) - Math.min(...widths)).toBeLessThan(0.1);
    expect(
      figureOf(page, "What accuracy costs in drift").querySelector("svg")!.querySelectorAll("circle"),
    ).toHaveLength(18);
    expect(figureOf(page, "Learning curves").querySelector("svg")!.querySelectorAll("circle")).toHaveLength(15);
  });

  it("of one seed without test, pairs and curves leaves them out", async () => {
    const arms = sampleComparison().arms.map((arm) => ({
      ...arm,
      test: null,
      seeds: arm.seeds.slice(0, 1).map((seed) => ({ ...seed, test: null })),
    }));
    const page = await pageOf(sampleComparison({ arms, pairs: [], learningCurves: [] }));
    expect(headings(page)).toEqual(["The policies", "Accuracy against drift", "The data", "Reproduce"]);
    expect(() => figureOf(page, "Accuracy on test")).toThrow();
  });
});

describe("every report", () => {
  const all: readonly (readonly [string, ReportData])[] = [
    ["run", sampleRun()],
    ["comparison", sampleComparison()],
  ];

  it.each(all)("of a %s is the same bytes again, and on another document", async (_, data) => {
    const first = await renderReport(data);
    expect(await renderReport(data)).toEqual(first);
    expect(await renderReport(structuredClone(data), { document: parsePage("<html></html>") })).toEqual(first);
  });

  it.each(all)("of a %s needs nothing from elsewhere, and no script", async (_, data) => {
    const { html } = await renderReport(data);
    const page = parsePage(html);
    expect(page.querySelectorAll("script, link, img, iframe, object, embed, base, form, use, image")).toHaveLength(0);
    expect(html).not.toMatch(/https?:|\burl\(|@import|\bon\w+=|javascript:/i);
    for (const link of Array.from(page.querySelectorAll("a"))) expect(link.getAttribute("href")).toMatch(/^#/);
    expect(html.length).toBeLessThan(150_000);
  });

  it.each(all)("of a %s follows light and dark, and goes on paper", async (_, data) => {
    const { html } = await renderReport(data);
    const [style] = /<style>[\s\S]*<\/style>/.exec(html)!;
    expect(style).toContain("@media (prefers-color-scheme: dark)");
    expect(style).toContain("@media print");
    const names = new Set(Array.from(style.matchAll(/(--[\w-]+):/g), ([, name]) => name!));
    // Every colour in a chart is a variable that the style sheet has, or follows the text.
    const svgs = html.match(/<svg[\s\S]*?<\/svg>/g)!;
    const used = svgs.flatMap((svg) => Array.from(svg.matchAll(/ (?:fill|stroke)="([^"]*)"/g), ([, value]) => value!));
    for (const value of new Set(used)) {
      const variable = /^var\((--[\w-]+)\)$/.exec(value)?.[1];
      if (variable === undefined) expect(["none", "currentColor"]).toContain(value);
      else expect(names, value).toContain(variable);
    }
  });

  it.each(all)("of a %s can be read without seeing it", async (_, data) => {
    const page = await pageOf(data);
    expect(page.documentElement.getAttribute("lang")).toBe("en");
    expect(page.querySelectorAll("h1")).toHaveLength(1);
    for (const svg of Array.from(page.querySelectorAll("svg"))) {
      const image = svg.parentElement!;
      expect(image.getAttribute("role")).toBe("img");
      expect(image.getAttribute("aria-label")!.length).toBeGreaterThan(20);
    }
    for (const table of Array.from(page.querySelectorAll("table"))) {
      expect(textOf(table.querySelector("caption")).length).toBeGreaterThan(3);
      for (const head of Array.from(table.querySelectorAll("th")))
        expect(["col", "row"]).toContain(head.getAttribute("scope"));
    }
    const ids = Array.from(page.querySelectorAll("[id]")).map((each) => each.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

/** Texts that would break a page, a table of markdown or a careless look-up. */
const nasty = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "</style></svg>",
  "&amp;&lt;",
  "__proto__",
  "constructor",
  "a|b`c*d_e~~f~~",
  "[x](javascript:alert(1))",
  "# heading",
  "مرحبا",
  "שלום",
  "😀👩‍👩‍👧",
  "\u202Etxet",
  "\u0000\u001b[31m",
  "\ud800",
  "x".repeat(300),
  "line\nbreak\ttab",
  "  ",
];

describe("texts of the data", () => {
  const anyText = fc.oneof(
    fc.constantFrom(...nasty),
    fc.string({ unit: "grapheme", maxLength: 30 }),
    fc.string({ unit: "binary", maxLength: 12 }),
  );

  /** A run with the text wherever a user's text can be. */
  function runWith(text: string): ReportData {
    const base = sampleRun();
    const finding = {
      severity: "problem",
      kind: text,
      split: text,
      count: 1,
      message: text,
      examples: [text],
    } as const;
    return sampleRun({
      name: text,
      policy: text,
      head: text,
      backend: text,
      task: { ...base.task, labels: [text, "other"], splits: [{ name: text, rows: 1, skipped: 0 }] },
      vectors: { ...base.vectors, file: text, format: text },
      epochs: base.epochs.map((epoch) => ({ ...epoch, phase: text, learningRates: { [text]: 0.1 } })),
      verdict: { recommendation: "tuned", reason: text },
      movedWords: [{ ...sampleWord(text), neighborsBefore: [text, "a"], neighborsAfter: [text, "b"] }],
      map: { words: base.map!.words.map((each) => ({ ...each, word: text, label: text })), axes: text },
      alignment: {
        tokenizer: text,
        splits: [{ name: text, rows: 1, tokens: 1, types: 1, oovTypes: 0 }],
        classes: [{ name: text, rows: 1, tokens: 1, types: 1, oovTypes: 0 }],
        missing: [{ word: text, count: 1, label: text, share: 1, foundBy: [text] }],
      },
      findings: [finding],
      guard: [{ epoch: 1, step: null, action: text, cause: text, effect: text }],
      origin: { ...base.origin, command: text, configuration: { [text]: text }, inputs: { [text]: text } },
    });
  }

  it("are shown as text, whatever is in them", async () => {
    const outline = (page: Document): string[] =>
      Array.from(page.querySelectorAll("*"))
        .filter((each) => each.closest("svg") === null)
        .map((each) => `${each.localName}.${each.className}`);
    const plain = outline(await pageOf(runWith("plain")));
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const { html } = await renderReport(runWith(text));
        const page = parsePage(html);
        // Not one element more or less than with a harmless word.
        expect(outline(page)).toEqual(plain);
        expect(page.querySelectorAll("script, img, [onerror]")).toHaveLength(0);
        for (const svg of html.match(/<svg[\s\S]*?<\/svg>/g)!) {
          expect(new Set(Array.from(svg.matchAll(/<([a-zA-Z]+)/g), ([, name]) => name))).toEqual(
            new Set(Array.from(svg.matchAll(/<(svg|g|path|text|title|circle|rect|line)\b/g), ([, name]) => name)),
          );
        }
      }),
      { seed: 5, numRuns: 30, examples: nasty.map((text) => [text]) },
    );
  }, 120_000);

  it("come through unchanged where they can be written", async () => {
    for (const text of ["<b>&amp;</b>", "مرحبا", "__proto__", "😀", "o'clock", 'say "x"']) {
      const page = await pageOf(runWith(text));
      expect(textOf(page.querySelector("#words")!.parentElement!.querySelector("tbody th"))).toBe(text);
      expect(textOf(page.querySelector("title"))).toBe(`${text}: fine-tuning report`);
      expect(figureOf(page, "Where the words went").querySelector("svg title")!.textContent).toBe(text);
    }
  });

  it("have no character left that controls or overrides", async () => {
    const { html, markdown } = await renderReport(runWith("a\u0000\u001b\u202e\ud800z"));
    expect((html + markdown).match(/[\u0000-\u0009\u000b-\u001f\u007f\u202a-\u202e]|\p{Cs}/u)).toBeNull();
    expect(html).toContain("a\uFFFD\uFFFD\uFFFD\uFFFDz");
  });
});
