import type { JSX } from 'preact'
import { qrCode } from './qr-code.ts'

/** Readers want this much white around. */
const quiet = 4

/** Dark on white in every colour scheme: readers expect it so. */
export function QrPicture({ text, label }: { text: string; label: string }): JSX.Element {
  const rows = qrCode(text)
  const size = rows.length + 2 * quiet
  const path = rows
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x + quiet} ${y + quiet}h1v1h-1z` : '')))
    .join('')
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
