/**
 * The page's style sheet. Colours are named by role and have a light and a dark value; text reaches a contrast of 4.5 : 1
 * on its ground, lines and marks 3 : 1 (WCAG 2.2, 1.4.3 and 1.4.11). Frozen is blue and tuned orange, which keep apart for
 * every common form of colour blindness; so do the series, which differ in lightness too.
 */
export const styles = `
:root {
  color-scheme: light dark;
  --paper: #fff; --ground: #f4f6f8; --ink: #16202b; --quiet: #566475; --line: #dfe5eb;
  --frozen: #0b63a8; --frozen-wash: #e4f0fa; --tuned: #b34a05; --tuned-wash: #fdeee1;
  --good: #0a6b4d; --good-wash: #e3f4ed; --bad: #a81e1e; --bad-wash: #fce8e6;
  --s1: #0b63a8; --s2: #c2500a; --s3: #00755a; --s4: #8b3a8f; --s5: #7a6a00; --s6: #2f3f8f;
  --bar: #cfe0ef;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #141b23; --ground: #0d1218; --ink: #e8eef4; --quiet: #a0aebc; --line: #2b3641;
    --frozen: #74b9f2; --frozen-wash: #16293a; --tuned: #f3a562; --tuned-wash: #33251a;
    --good: #5fd0a5; --good-wash: #122b22; --bad: #ff9d94; --bad-wash: #3a1a1a;
    --s1: #74b9f2; --s2: #f3a562; --s3: #53cda6; --s4: #dc9fe2; --s5: #d9c75a; --s6: #a9b5ff;
    --bar: #27435c;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0 auto; padding: 0 clamp(16px, 4vw, 40px) 48px; max-width: 1160px;
  background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", sans-serif;
  overflow-wrap: anywhere;
}
h1, h2, h3 { line-height: 1.2; margin: 0; text-wrap: balance; }
h1 { font-size: clamp(1.7rem, 1.2rem + 2.4vw, 2.6rem); letter-spacing: -0.02em; font-weight: 750; }
h2 { font-size: 1.35rem; letter-spacing: -0.01em; margin-bottom: 16px; }
h3 { font-size: 1rem; font-weight: 650; }
p { margin: 0 0 16px; max-width: 72ch; }
a { color: var(--frozen); text-underline-offset: 3px; }
:focus-visible { outline: 2px solid var(--frozen); outline-offset: 2px; border-radius: 3px; }
.quiet { color: var(--quiet); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

header { padding: clamp(28px, 6vw, 56px) 0 24px; border-bottom: 3px solid var(--accent); --accent: var(--quiet); }
header.frozen { --accent: var(--frozen); }
header.tuned { --accent: var(--tuned); }
.eyebrow { color: var(--quiet); font-size: 0.88rem; margin-bottom: 10px; }
h1 { color: var(--accent); }
header.neutral h1 { color: var(--ink); }
.lead { font-size: 1.1rem; margin: 14px 0 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 28px 0 0; }
.tile { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px; display: flex; flex-direction: column; }
.tile dt { color: var(--quiet); font-size: 0.82rem; }
.tile dd { margin: 0; }
.figure { display: block; font-size: 1.45rem; font-weight: 700; letter-spacing: -0.01em; font-variant-numeric: tabular-nums; line-height: 1.3; }
.tile .quiet { font-size: 0.82rem; }

nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; padding: 14px 0 0; margin: 0; font-size: 0.92rem; }
nav a { display: inline-block; padding: 4px 0; }

section { background: var(--paper); border: 1px solid var(--line); border-radius: 14px; padding: clamp(18px, 3vw, 32px); margin-top: 24px; }
section > :last-child { margin-bottom: 0; }
section > * + * { margin-top: 20px; }
section > h2 + * { margin-top: 0; }

.note { padding: 12px 16px; border-left: 4px solid var(--quiet); background: var(--ground); border-radius: 0 8px 8px 0; max-width: none; }
.note.good { border-color: var(--good); background: var(--good-wash); }
.note.warning { border-color: var(--bad); background: var(--bad-wash); }
ul { padding-left: 1.2em; margin: 0 0 16px; }
main li + li { margin-top: 8px; }

dl { margin: 0 0 16px; }
main dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 12px 32px; }
main dt { color: var(--quiet); font-size: 0.86rem; }
main dd { margin: 0; font-variant-numeric: tabular-nums; }
code { font: 0.88em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
pre { background: var(--ground); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; margin: 0 0 16px; overflow-x: auto; overflow-wrap: normal; }

.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.94rem; }
caption { text-align: left; color: var(--quiet); font-size: 0.88rem; padding-bottom: 8px; }
th, td { padding: 8px 18px 8px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { color: var(--quiet); font-weight: 500; font-size: 0.86rem; vertical-align: bottom; border-bottom-color: var(--quiet); }
tbody th { font-weight: 600; }
tbody th:not(.number) { min-width: 9em; }
th .word { display: inline-block; max-width: 20em; }
.number + td:not(.number), .number + th:not(.number) { padding-left: 14px; }
tbody tr:last-child > * { border-bottom: 0; }
th:last-child, td:last-child { padding-right: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td .quiet { display: block; font-size: 0.88rem; }
.bar { display: block; height: 5px; border-radius: 3px; background: var(--line); margin-top: 4px; min-width: 90px; }
.bar > span { display: block; height: 100%; border-radius: 3px; background: var(--frozen); }
#words ~ .table .bar > span { background: var(--tuned); }
.new { font-weight: 700; }
.lost { color: var(--quiet); }
.series-1 { color: var(--s1); } .series-2 { color: var(--s2); } .series-3 { color: var(--s3); }
.series-4 { color: var(--s4); } .series-5 { color: var(--s5); } .series-6 { color: var(--s6); }
[class*="series-"] { font-weight: 650; }

.grid { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 32px; }
figure { margin: 0; min-width: 0; }
figure h3 { margin-bottom: 8px; }
figcaption { color: var(--quiet); font-size: 0.88rem; margin-top: 8px; max-width: 72ch; }
.drawing svg { display: block; width: 100%; height: auto; font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", sans-serif; overflow: visible; }
.drawing text { white-space: pre; }
.drawing.full { max-width: 560px; }
.wide .drawing.full { max-width: 960px; }
.drawing.narrow { display: none; max-width: 440px; }
details { margin-top: 8px; }
summary { cursor: pointer; color: var(--quiet); font-size: 0.88rem; padding: 4px 0; width: fit-content; }
details[open] > summary { margin-bottom: 8px; }

footer { color: var(--quiet); font-size: 0.86rem; padding-top: 24px; }

@media (max-width: 900px) {
  .grid { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 720px) {
  .wide .drawing.full { display: none; }
  .wide .drawing.narrow { display: block; }
}
@media (max-width: 600px) {
  .drawing.full { display: none; }
  .drawing.narrow { display: block; }
  section { margin-left: -8px; margin-right: -8px; border-radius: 10px; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  /* Rows become cards: a table of words would not fit. */
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, th, td, caption { display: block; }
  tbody tr { border-bottom: 1px solid var(--line); padding: 10px 0; }
  tbody tr:last-child { border-bottom: 0; }
  tbody tr > *, tbody tr > .number, tbody tr > .number + td:not(.number) { border: 0; padding: 2px 0; text-align: left; white-space: normal; min-width: 0; }
  tbody tr > td.empty { display: none; }
  tbody td { display: grid; grid-template-columns: minmax(7.5em, 2fr) 3fr; gap: 12px; }
  tbody td::before { content: attr(data-label); color: var(--quiet); font-size: 0.86rem; }
  .bar { max-width: 160px; }
  main dl { gap: 8px; }
  main dl > div { display: flex; flex-wrap: wrap; justify-content: space-between; column-gap: 16px; }
}
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --ground: #fff; --ink: #000; --quiet: #4a5560; --line: #ccc;
    --frozen: #0b63a8; --frozen-wash: #e4f0fa; --tuned: #b34a05; --tuned-wash: #fdeee1;
    --good: #0a6b4d; --good-wash: #fff; --bad: #a81e1e; --bad-wash: #fff;
    --s1: #0b63a8; --s2: #c2500a; --s3: #00755a; --s4: #8b3a8f; --s5: #7a6a00; --s6: #2f3f8f;
    --bar: #cfe0ef;
  }
  @page { margin: 16mm 14mm; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, summary { display: none; }
  header { padding-top: 0; }
  section { border: 0; border-radius: 0; padding: 0; margin-top: 22pt; }
  h2 { break-after: avoid; border-bottom: 1px solid var(--line); padding-bottom: 4pt; }
  h3, caption { break-after: avoid; }
  figure, tr, .tile, .note, dl > div, li, pre { break-inside: avoid; }
  thead { display: table-header-group; }
  .drawing.full, .wide .drawing.full { display: block; }
  .drawing.narrow, .wide .drawing.narrow { display: none; }
  .grid { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16pt; }
  pre { white-space: pre-wrap; overflow: visible; }
  .table { overflow: visible; }
  th, td { padding: 4pt 10pt 4pt 0; }
}
`;
