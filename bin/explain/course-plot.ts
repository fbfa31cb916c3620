/** How an event went, drawn with characters: the weight as a curve, hands as shades, one above the other in time. */
import type { CourseView, EventPlotView } from '../../runtime/console/pages/live-view.ts'

const columns = 60
const rows = 5
/** From near to far; beyond the last nothing is drawn. */
const shades = [
  { upToCm: 5, sign: '#' },
  { upToCm: 20, sign: '+' },
  { upToCm: 50, sign: '-' },
  { upToCm: 100, sign: '.' },
] as const

/** @returns nothing where nothing was kept */
export function coursePlot({ weight, hands }: Pick<EventPlotView, 'weight' | 'hands'>, startedAtMs: number): string[] {
  const courses = [...(weight ? [weight] : []), ...hands]
  if (courses.length === 0) return []
  const fromMs = Math.min(...courses.map((course) => course.fromMs))
  const toMs = Math.max(...courses.map(({ fromMs, stepMs, values }) => fromMs + stepMs * values.length))
  const sampled = (course: CourseView) => sample(course, fromMs, toMs)
  const width = Math.max(...hands.map(({ person }) => `hand of ${person}`.length), 9)
  const began = Math.round((columns * (startedAtMs - fromMs)) / (toMs - fromMs))
  const far = shades.map(({ upToCm, sign }) => `${sign} up to ${upToCm} cm`).join(', ')
  return [
    `  How it went, over ${((toMs - fromMs) / 1000).toFixed(1)} s; ^ is where the weight began to move:`,
    ...(weight ? weightRows(sampled(weight), width) : []),
    ...hands.map((hand) => `  ${`hand of ${hand.person}`.padStart(width)} |${sampled(hand).map(shadeOf).join('')}`),
    `  ${' '.repeat(width)}  ${' '.repeat(Math.max(0, began))}^`,
    ...(hands.length > 0 ? [`  ${' '.repeat(width)}  Hands: ${far}.`] : []),
  ]
}

/** The course's value at the middle of each column. */
function sample({ fromMs, stepMs, values }: CourseView, startMs: number, endMs: number): (number | null)[] {
  return Array.from({ length: columns }, (_, i) => {
    const atMs = startMs + ((i + 0.5) * (endMs - startMs)) / columns
    return values[Math.floor((atMs - fromMs) / stepMs)] ?? null
  })
}

function weightRows(grams: readonly (number | null)[], width: number): string[] {
  const known = grams.filter((value) => value !== null)
  const [highest, lowest] = [Math.max(0, ...known), Math.min(0, ...known)]
  const rowOf = (value: number) => Math.round(((rows - 1) * (highest - value)) / Math.max(1, highest - lowest))
  return Array.from({ length: rows }, (_, row) => {
    const scale = row === 0 ? `${highest} g` : row === rows - 1 ? `${lowest} g` : ''
    const line = grams.map((value) => (value !== null && rowOf(value) === row ? '*' : ' ')).join('')
    return `  ${scale.padStart(width)} |${line}`.trimEnd()
  })
}

const shadeOf = (cm: number | null): string =>
  cm === null ? ' ' : (shades.find(({ upToCm }) => cm <= upToCm)?.sign ?? ' ')
