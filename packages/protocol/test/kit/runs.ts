/** How often a property is tried: fewer when every mutant of the sources is tried with it (`npm run mutation`). */
export function runs(usual: number): number {
  return Math.min(usual, Number(process.env.MOST_PROPERTY_RUNS ?? usual));
}
