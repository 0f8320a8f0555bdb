import { useSyncExternalStore } from 'react';
import { serverClock } from './server-clock';

/** One timer for the whole page, running only while something shows an age or a countdown. */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = serverClock.now();

function tick() {
  now = serverClock.now();
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = serverClock.now();
    timer = setInterval(tick, 1_000);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

function snapshot(): number {
  // Before the first subscriber the stored time may be old.
  if (listeners.size === 0 && Math.abs(serverClock.now() - now) > 1_000) now = serverClock.now();
  return now;
}

/** The server's time, once a second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, snapshot);
}
