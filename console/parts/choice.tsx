/** A choice of a few, as radio buttons in one line. */
import type { VNode } from 'preact'

export function Choice<Option extends string>(props: {
  readonly label: string
  readonly options: readonly Option[]
  readonly chosen: Option
  readonly choose: (option: Option) => void
}): VNode {
  const { label, options, chosen, choose } = props
  return (
    <fieldset class="choice">
      <legend class="visually-hidden">{label}</legend>
      {options.map((option) => (
        <label key={option} class={option === chosen ? 'chosen' : ''}>
          <input type="radio" name={label} checked={option === chosen} onChange={() => choose(option)} />
          {option}
        </label>
      ))}
    </fieldset>
  )
}
