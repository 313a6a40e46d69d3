/** The standard normal distribution function, after Abramowitz and Stegun 26.2.17; its error is below 1e-7. */
export function normalShare(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return z > 0 ? 1 - tail : tail;
}

/** Its inverse for 0 < share < 1, after Abramowitz and Stegun 26.2.23; its error is below 5e-4. */
export function normalQuantile(share: number): number {
  const side = Math.min(Math.max(share, 1e-9), 1 - 1e-9);
  const t = Math.sqrt(-2 * Math.log(Math.min(side, 1 - side)));
  const z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  return side < 0.5 ? -z : z;
}
