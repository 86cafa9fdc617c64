/** A named fact. */
import type { ComponentChildren, VNode } from 'preact'

/** `tone` `bad`: it is as it must not be. */
export function Fact(props: {
  readonly name: string
  readonly tone?: 'bad' | ''
  readonly children: ComponentChildren
}): VNode {
  return (
    <div class={`fact ${props.tone ?? ''}`}>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  )
}
