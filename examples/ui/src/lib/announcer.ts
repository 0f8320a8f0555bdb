/** What the page's one polite live region says. */
const listeners = new Set<() => void>();
let message = '';

export const announcer = {
  say(text: string) {
    message = text;
    listeners.forEach((listener) => listener());
  },
  current: () => message,
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
