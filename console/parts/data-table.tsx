/** A table that keeps still under the hand, scrolls sideways by keyboard too, and says what to do when it is empty. */
import type { ComponentChildren, VNode } from 'preact'
import { holdProps, useHeld } from '../live/hold.ts'

export interface Column<Row> {
  readonly head: string
  /** Right-aligned, tabular. */
  readonly numeric?: boolean
  /** A class of its width. */
  readonly width?: string
  readonly cell: (row: Row) => ComponentChildren
}

export interface DataTableProps<Row> {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly rowClass?: (row: Row) => string
  /** What to say, and what to do, when there is none. */
  readonly empty: ComponentChildren
  /** The caption is said by a heading beside it already. */
  readonly quiet?: boolean
}

export function DataTable<Row>(props: DataTableProps<Row>): VNode {
  const { caption, columns, rows, keyOf, rowClass, empty, quiet = false } = props
  const { shown, waiting, apply } = useHeld(rows, keyOf)
  return (
    <div class="table-frame" {...holdProps}>
      <Waiting count={waiting} apply={apply} />
      <div class="table-scroll" tabIndex={0} role="region" aria-label={caption}>
        <table class="data">
          <caption class={quiet ? 'visually-hidden' : ''}>{caption}</caption>
          {shown.length > 0 && <Heads columns={columns} />}
          <tbody>
            {shown.map(({ key, row, gone }) => (
              <tr key={key} class={`${rowClass?.(row) ?? ''}${gone ? ' gone' : ''}`}>
                {columns.map(({ head, numeric, width, cell }) => (
                  <td key={head} data-head={head} class={classOf(numeric, width)}>
                    {cell(row)}
                  </td>
                ))}
              </tr>
            ))}
            {shown.length === 0 && (
              <tr class="empty">
                <td colSpan={columns.length}>{empty}</td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </div>
  )
}

/** Only above rows: heads over nothing are noise. */
function Heads<Row>({ columns }: Pick<DataTableProps<Row>, 'columns'>): VNode {
  return (
    <thead>
      <tr>
        {columns.map(({ head, numeric, width }) => (
          <th key={head} scope="col" class={classOf(numeric, width)}>
            {head}
          </th>
        ))}
      </tr>
    </thead>
  )
}

/** Changes that wait while somebody points here. It takes its room whether or not there are any, so that it moves nothing. */
export function Waiting({ count, apply }: { readonly count: number; readonly apply: () => void }): VNode {
  return (
    <div class="waiting">
      {count > 0 && (
        <button type="button" class="small" onClick={apply}>
          {count === 1 ? '1 change' : `${count} changes`} waiting: show
        </button>
      )}
    </div>
  )
}

function classOf(numeric: boolean | undefined, width: string | undefined): string {
  return `${numeric === true ? 'numeric' : ''} ${width ?? ''}`.trim()
}
