import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import { announcer } from '@/lib/announcer';
import { serverClock } from '@/lib/server-clock';
import { server } from './server';

// jsdom has no layout and no canvas; what is drawn is judged by what the plot is given.
vi.mock('uplot', async () => import('./fake-plot'));

globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

window.matchMedia ??= (query: string) =>
  ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList;

// Wide enough for the navigation to be open.
Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => 1_280 });

Element.prototype.scrollIntoView ??= () => undefined;

// Generous, for machines that build other things at the same time.
configure({ asyncUtilTimeout: 10_000 });

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => {
  cleanup();
  server.resetHandlers();
  sessionStorage.clear();
  announcer.say('');
  serverClock.reset();
});
afterAll(() => server.close());
