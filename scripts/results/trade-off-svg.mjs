const size = { width: 760, panel: 380, left: 62, right: 210, top: 46, bottom: 48 };

/** One colour a family (Okabe and Ito 2008), told apart by shape of the line's ends too: hollow full, filled gradual. */
const colors = {
  rate: "#0072b2",
  "L2-SP": "#d55e00",
  RecAdam: "#cc79a7",
  mixout: "#009e73",
  "trust region": "#b8860b",
  both: "#56b4e9",
  schedule: "#7f7f7f",
};

const legendNames = { rate: "vectors' learning rate", both: "rate and pull", schedule: "other schedules" };

/** Settings that are no series. */
const isApart = (family) => family === "schedule" || family === "both";

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const fixed = (x) => x.toFixed(1);

/** Numbers 1, 2, 5 times powers of ten between two, ascending. */
function logTicks(low, high) {
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const lead of [1, 2, 5]) ticks.push(Number(`${lead}e${power}`));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

function linearTicks(low, high) {
  const step = high - low > 0.06 ? 0.02 : high - low > 0.025 ? 0.01 : 0.005;
  const ticks = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) ticks.push(i * step);
  return ticks;
}

function mark(x, y, { policy, family }) {
  const color = colors[family];
  if (family === "schedule") {
    return `<path d="M${fixed(x)} ${fixed(y - 5)}l5 9h-10z" fill="${color}"/>`;
  }
  const fill = policy === "full" ? "var(--page)" : color;
  return `<circle cx="${fixed(x)}" cy="${fixed(y)}" r="4.5" fill="${fill}" stroke="${color}" stroke-width="2"/>`;
}

function panel(title, results, top) {
  const moved = results.filter(({ family }) => family !== "frozen");
  const frozen = results.find(({ family }) => family === "frozen");
  const distances = moved.map(({ meanCosineDistance }) => meanCosineDistance);
  const [low, high] = [Math.min(...distances) / 1.25, Math.max(...distances) * 1.25];
  const tests = results.map(({ test }) => test);
  const room = 0.08 * (Math.max(...tests) - Math.min(...tests));
  const [bottom, ceiling] = [Math.min(...tests) - room, Math.max(...tests) + room];
  const inner = { width: size.width - size.left - size.right, height: size.panel - size.top - size.bottom };
  const x = (d) => size.left + (inner.width * Math.log(d / low)) / Math.log(high / low);
  const y = (a) => top + size.top + inner.height * (1 - (a - bottom) / (ceiling - bottom));
  const floor = top + size.top + inner.height;
  const right = size.left + inner.width;
  const grid = [
    ...logTicks(low, high).map(
      (tick) =>
        `<path class="grid" d="M${fixed(x(tick))} ${top + size.top}V${floor}"/><text class="tick" x="${fixed(x(tick))}" y="${floor + 16}" text-anchor="middle">${tick}</text>`,
    ),
    ...linearTicks(bottom, ceiling).map(
      (tick) =>
        `<path class="grid" d="M${size.left} ${fixed(y(tick))}H${right}"/><text class="tick" x="${size.left - 8}" y="${fixed(y(tick) + 4)}" text-anchor="end">${(tick * 100).toFixed((tick * 100) % 1 === 0 ? 0 : 1)}</text>`,
    ),
  ];
  const lines = Object.keys(colors)
    .filter((family) => !isApart(family))
    .flatMap((family) =>
      ["full", "gradual"].map((policy) => {
        const chain = moved
          .filter((result) => result.family === family && result.policy === policy)
          .sort((a, b) => a.meanCosineDistance - b.meanCosineDistance);
        const path = chain.map((result) => `${fixed(x(result.meanCosineDistance))} ${fixed(y(result.test))}`).join("L");
        const dash = policy === "full" ? ' stroke-dasharray="4 3"' : "";
        return chain.length < 2
          ? ""
          : `<path d="M${path}" fill="none" stroke="${colors[family]}" stroke-width="1.5"${dash}/>`;
      }),
    );
  const marks = moved.map(
    (result) =>
      `<g>${mark(x(result.meanCosineDistance), y(result.test), result)}<title>${escaped(`${result.policy}, ${result.label}: ${(result.test * 100).toFixed(1)} %, distance ${result.meanCosineDistance.toFixed(5)}`)}</title></g>`,
  );
  return [
    `<text class="title" x="${size.left}" y="${top + 24}">${escaped(title)}</text>`,
    `<text class="tick" x="${size.left}" y="${top + 39}">test accuracy, %</text>`,
    ...grid,
    `<path class="frozen" d="M${size.left} ${fixed(y(frozen.test))}H${right}"/>`,
    `<text class="tick" x="${right - 4}" y="${fixed(y(frozen.test) - 5)}" text-anchor="end">frozen ${(frozen.test * 100).toFixed(1)}</text>`,
    ...lines,
    ...marks,
    `<text class="tick" x="${fixed(size.left + inner.width / 2)}" y="${floor + 36}" text-anchor="middle">mean cosine distance of the words that moved (logarithmic)</text>`,
  ];
}

function legend() {
  const left = size.width - size.right + 24;
  return Object.keys(colors).flatMap((family, i) => {
    const y = size.top + 12 + i * 22;
    const name = legendNames[family] ?? family;
    return [
      mark(left, y, { family, policy: "gradual" }),
      ...(family === "schedule" ? [] : [mark(left + 16, y, { family, policy: "full" })]),
      `<text class="label" x="${left + 32}" y="${y + 4}">${escaped(name)}</text>`,
    ];
  });
}

/** The trade-off of each data set as one SVG image, a panel each; light and dark as the page around it. */
export function tradeOffSvg(panels) {
  const height = size.panel * panels.length;
  const note = size.width - size.right + 17;
  const names = panels.map(([title]) => title).join(" and ");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${height}" width="${size.width}" height="${height}" role="img" aria-label="Test accuracy over mean cosine distance on ${escaped(names)}">
<style>
svg { --page: #fff; --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; background: var(--page); font: 12px system-ui, sans-serif }
@media (prefers-color-scheme: dark) { svg { --page: #0d1117; --ink: #f0f6fc; --soft: #9198a1; --line: #3d444d } }
.title { font-size: 16px; font-weight: 600; fill: var(--ink) } .label { fill: var(--ink) } .tick { fill: var(--soft) }
.grid { stroke: var(--line); stroke-width: .6 } .frozen { stroke: var(--ink); stroke-width: 1.2; stroke-dasharray: 1 4; stroke-linecap: round }
</style>
${panels.flatMap(([title, results], i) => panel(title, results, i * size.panel)).join("\n")}
${legend().join("\n")}
<text class="tick" x="${note}" y="${size.top + 178}">filled: gradual, hollow: full</text>
</svg>
`;
}
