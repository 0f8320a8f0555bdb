/**
 * The browser's clock may be wrong by minutes; the ages and countdowns on the page follow the server's.
 * The Date header has whole seconds, so differences below two seconds are no difference.
 */
const TOLERANCE_MILLIS = 2_000;
let offset = 0;

export const serverClock = {
  observe(dateHeader: string | null) {
    const server = Date.parse(dateHeader ?? '');
    if (Number.isNaN(server)) return;
    const difference = server - Date.now();
    offset = Math.abs(difference) < TOLERANCE_MILLIS ? 0 : difference;
  },
  now(): number {
    return Date.now() + offset;
  },
  reset() {
    offset = 0;
  },
};
