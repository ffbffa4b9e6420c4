/** How a panel of the dashboard shows its queries. */
export type PanelType = 'timeseries' | 'stat' | 'bargauge' | 'heatmap';

/** One query of Prometheus. */
export interface Query {
  readonly expr: string;
  /** Name of its series, `{{label}}` for the value of a label. */
  readonly legend?: string;
}

/** What a panel shows. */
export interface PanelOptions {
  readonly title: string;
  /** What to look for; shown beside the title. */
  readonly description: string;
  readonly type?: PanelType;
  /** Of Grafana: `s`, `short`, `percentunit`, `dateTimeFromNow`, … */
  readonly unit?: string;
  /** Of 24. */
  readonly width?: number;
  readonly stacked?: boolean;
  readonly queries: readonly Query[];
}

/** Panels below one heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly PanelOptions[];
}

const COLUMNS = 24;
const HEIGHT = 8;
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** Rows and panels as Grafana has them, from left to right and from top to bottom. */
export function layOut(rows: readonly Row[]): readonly object[] {
  const laidOut: object[] = [];
  let y = 0;
  for (const row of rows) {
    laidOut.push(heading(row.title, laidOut.length + 1, y));
    y += 1;
    let x = 0;
    for (const options of row.panels) {
      const width = options.width ?? 8;
      if (x + width > COLUMNS) {
        x = 0;
        y += HEIGHT;
      }
      laidOut.push(panel(options, laidOut.length + 1, { x, y, w: width, h: HEIGHT }));
      x += width;
    }
    y += HEIGHT;
  }
  return laidOut;
}

function heading(title: string, id: number, y: number): object {
  const gridPos = { x: 0, y, w: COLUMNS, h: 1 };
  return { id, type: 'row', title, collapsed: false, gridPos, panels: [] };
}

function panel(options: PanelOptions, id: number, gridPos: object): object {
  const { title, description, type = 'timeseries', unit = 'short' } = options;
  return {
    id,
    type,
    title,
    description,
    datasource: DATASOURCE,
    gridPos,
    fieldConfig: { defaults: { unit, ...look(options) }, overrides: [] },
    options: OPTIONS[type],
    targets: options.queries.map((query, index) => target(query, index, type)),
  };
}

function look({ type = 'timeseries', stacked = false }: PanelOptions): object {
  if (type !== 'timeseries') return {};
  const stacking = { mode: stacked ? 'normal' : 'none', group: 'A' };
  return { min: 0, custom: { fillOpacity: stacked ? 30 : 0, lineWidth: 1, stacking } };
}

const reduceOptions = { calcs: ['lastNotNull'], fields: '', values: false };
const OPTIONS: Readonly<Record<PanelType, object>> = {
  timeseries: {
    legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
    tooltip: { mode: 'multi', sort: 'desc' },
  },
  stat: { reduceOptions, colorMode: 'value', graphMode: 'area', textMode: 'auto' },
  bargauge: { reduceOptions, displayMode: 'basic', orientation: 'horizontal' },
  heatmap: { calculate: false, yAxis: { unit: 's' }, cellGap: 1, legend: { show: true } },
};

function target({ expr, legend }: Query, index: number, type: PanelType): object {
  return {
    refId: String.fromCharCode('A'.charCodeAt(0) + index),
    datasource: DATASOURCE,
    expr,
    legendFormat: legend ?? '__auto',
    range: type !== 'bargauge',
    instant: type === 'bargauge',
    format: type === 'heatmap' ? 'heatmap' : 'time_series',
  };
}
