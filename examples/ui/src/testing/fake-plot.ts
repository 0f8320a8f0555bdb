/** Stands in for the drawing library and remembers what it was told to draw. */
export const drawn: { series: string[]; data: unknown[][] } = { series: [], data: [] };

export default class FakePlot {
  constructor(options: { series: { label: string }[] }, data: unknown[][]) {
    drawn.series = options.series.slice(1).map(({ label }) => label);
    drawn.data = data;
  }
  setData(data: unknown[][]) {
    drawn.data = data;
  }
  setSize() {}
  destroy() {}
}
