import type { JSX } from 'preact'

export function Failure({ text }: { text: string }): JSX.Element | null {
  if (text === '') return null
  return (
    <p class="failure" role="alert">
      {text}
    </p>
  )
}
