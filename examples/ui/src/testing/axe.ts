import axe from 'axe-core';

/** The names of the rules that the page breaks. Contrast needs a real browser and is judged there. */
export async function violations(container: Element = document.body): Promise<string[]> {
  const { violations: found } = await axe.run(container, { rules: { 'color-contrast': { enabled: false } } });
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
}
