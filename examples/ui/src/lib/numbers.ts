const SHORT = new Intl.NumberFormat('en', { maximumSignificantDigits: 6, useGrouping: false });

/** "21.5", without the tail that floating point leaves. */
export function short(value: number): string {
  return SHORT.format(value);
}
