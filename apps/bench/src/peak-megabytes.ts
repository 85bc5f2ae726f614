/** The largest resident size that this process has had, in units of 2^20 bytes (as the peers count). */
export function peakMegabytes(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
