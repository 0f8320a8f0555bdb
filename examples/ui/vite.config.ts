import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { proxy: { '/api': 'http://localhost:8000' } },
  build: {
    outDir: 'target/classes/static',
    emptyOutDir: true,
    // Nothing becomes a data: address: the server's content security policy is default-src 'self'.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
  test: {
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: 'http://localhost:8000/' } },
    setupFiles: ['src/testing/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    css: false,
    server: { deps: { inline: [/@patternfly/] } },
    restoreMocks: true,
    testTimeout: 60_000,
    maxWorkers: 2,
    reporters: ['default', 'junit'],
    // Beside the reports of the Java modules, where the count of executed tests is taken.
    outputFile: { junit: 'target/surefire-reports/TEST-ui.xml' },
  },
});
