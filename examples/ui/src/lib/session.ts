/**
 * Who is signed in. The token is kept in the tab's session storage so that a reload keeps the page;
 * nothing else that is secret is stored anywhere.
 */
const KEY = 'mqtt-manager.token';
const listeners = new Set<() => void>();

export const session = {
  token(): string | null {
    return sessionStorage.getItem(KEY);
  },
  start(token: string) {
    sessionStorage.setItem(KEY, token);
    notify();
  },
  end() {
    if (sessionStorage.getItem(KEY) === null) return;
    sessionStorage.removeItem(KEY);
    notify();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

function notify() {
  listeners.forEach((listener) => listener());
}
