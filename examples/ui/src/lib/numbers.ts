const SHORT = new Intl.NumberFormat('en', {
  maximumSignificantDigits: 6,
  maximumFractionDigits: 0,
  roundingPriority: 'morePrecision',
  useGrouping: false,
});

/** "21.5", without the tail that floating point leaves; what stands before the point is always whole. */
export function short(value: number): string {
  return SHORT.format(value);
}
