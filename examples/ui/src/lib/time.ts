/** "3 s", "4 min", "2 h 14 min", "3 d 4 h": the two largest parts, never negative. */
export function duration(millis: number): string {
  const seconds = Math.max(0, Math.round(millis / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return joined(`${hours} h`, minutes % 60, 'min');
  return joined(`${Math.floor(hours / 24)} d`, hours % 24, 'h');
}

function joined(large: string, rest: number, unit: string): string {
  return rest === 0 ? large : `${large} ${rest} ${unit}`;
}

/** "1.2 ms" when short, "71 ms" otherwise. */
export function inMillis(millis: number): string {
  return `${millis < 10 ? millis.toFixed(1) : Math.round(millis)} ms`;
}

export function millisSince(iso: string, now: number): number {
  return now - Date.parse(iso);
}

/** "just now" below one second, otherwise "4 min ago". */
export function age(iso: string, now: number): string {
  const millis = millisSince(iso, now);
  return millis < 1_000 ? 'just now' : `${duration(millis)} ago`;
}

const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** Date and time in the reader's zone and manner. */
export function exact(iso: string): string {
  return EXACT.format(new Date(iso));
}

/** "10:41:03" in the reader's zone. */
export function clockTime(at: string | number): string {
  return CLOCK.format(new Date(at));
}

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** "26 Nov" in the reader's zone. */
export function day(at: number): string {
  return DAY.format(new Date(at));
}

/** As numbers: the server's times have as many digits as they need, so that their text does not sort. */
export function epochMillis(iso: string): number {
  return Date.parse(iso);
}
