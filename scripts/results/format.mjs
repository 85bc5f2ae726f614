/** 0.8312 → "83.1". */
export const points = (share) => (share * 100).toFixed(1);

/** 0.012 → "+1.2". */
export const signed = (share) => {
  const text = Math.abs(share * 100).toFixed(1);
  return `${share < 0 && text !== "0.0" ? "−" : "+"}${text}`;
};

/** "77.2 (74.8 to 79.6)". */
export const estimate = ({ mean, interval }) => `${points(mean)} (${points(interval[0])} to ${points(interval[1])})`;

/** "+1.2 (−0.3 to +2.7)". */
export const gain = ({ difference, interval }) =>
  `${signed(difference)} (${signed(interval[0])} to ${signed(interval[1])})`;

/** A markdown table. */
export const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** Names of the data sets. */
export const titles = { mr: "MR", sst2: "SST-2", subj: "Subj", banking77: "banking77" };

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
