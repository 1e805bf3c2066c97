// Columns of an answer as a chart and its table draw them. Pure.
import type { Param, Performance, Series } from '../api/performance';

/** More than this cannot be told apart. */
export const SERIES_MAX = 5;

export interface Line {
  label: string;
  values: (number | null)[];
}

export interface Picture {
  /** Milliseconds. */
  times: number[];
  lines: Line[];
  /** What is usual, where one series is shown. */
  band: { median: (number | null)[]; low: (number | null)[]; high: (number | null)[] } | null;
  /** Values of thresholds. */
  limits: number[];
}

/** Parameters that any series has, in order. */
export function paramsOf(answer: Performance): string[] {
  return [...new Set(answer.series.flatMap((one) => Object.keys(one.params)))].sort();
}

/** The series that have a parameter. */
export function having(answer: Performance, param: string): Series[] {
  return answer.series.filter((one) => one.params[param] !== undefined);
}

/** One parameter of the first series that have it, on the times of all of them. */
export function pictureOf(answer: Performance, param: string, label: (series: Series) => string): Picture {
  const shown = having(answer, param).slice(0, SERIES_MAX);
  const times = [...new Set(shown.flatMap((one) => one.times.map((at) => Date.parse(at))))].sort((a, b) => a - b);
  const place = new Map(times.map((at, i) => [at, i]));
  const spread = (series: Series, values: readonly (number | null)[] | undefined) => {
    const column: (number | null)[] = times.map(() => null);
    series.times.forEach((at, i) => {
      const to = place.get(Date.parse(at));
      if (to !== undefined) column[to] = values?.[i] ?? null;
    });
    return column;
  };
  const only = shown.length === 1 ? shown[0] : undefined;
  const usual = only?.params[param]?.baseline;
  const lengths = new Set(shown.map((one) => one.granularityS));
  const judged = (answer.thresholds ?? []).filter((one) => one.param === param && lengths.has(one.granularityS));
  return {
    times,
    lines: shown.map((one) => ({ label: label(one), values: spread(one, valuesOf(one.params[param])) })),
    band: only === undefined || usual === undefined ? null : { median: spread(only, usual.median), low: spread(only, usual.low), high: spread(only, usual.high) },
    limits: [...new Set(judged.map((one) => one.set))],
  };
}

/** As they were measured, else the mean of the periods. */
function valuesOf(param: Param | undefined): readonly (number | null)[] | undefined {
  return param?.values ?? param?.mean;
}
