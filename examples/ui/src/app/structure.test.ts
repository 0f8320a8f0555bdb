import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => ({ file: file.replaceAll('\\', '/'), text: readFileSync(join('src', file), 'utf8') }));

function importsOf(text: string): string[] {
  return [...text.matchAll(/from '([^']+)'|import\('([^']+)'\)/g)].map((match) => match[1] ?? match[2] ?? '');
}

describe('the source tree', () => {
  it('keeps features apart: what two of them need stands in components or lib', () => {
    const crossings = sources.flatMap(({ file, text }) => {
      const own = /^features\/([^/]+)\//.exec(file)?.[1];
      return own === undefined
        ? []
        : importsOf(text)
            .filter((name) => /^@\/(features|app)\//.test(name) && !name.startsWith(`@/features/${own}/`))
            .map((name) => `${file} imports ${name}`);
    });
    expect(crossings).toEqual([]);
  });

  it('keeps what is shared free of features', () => {
    const crossings = sources
      .filter(({ file }) => /^(lib|components)\//.test(file))
      .flatMap(({ file, text }) => importsOf(text).filter((name) => /^@\/(features|app)\//.test(name)).map((name) => `${file} imports ${name}`));
    expect(crossings).toEqual([]);
  });

  it('never sets markup from a string', () => {
    const setting = sources.filter(({ file, text }) => !file.endsWith('.test.ts') && /dangerouslySetInnerHTML|innerHTML|\beval\(/.test(text));
    expect(setting.map(({ file }) => file)).toEqual([]);
  });
});
