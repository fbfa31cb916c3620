/** How a weight event went: the plates' weight above, the nearest hands below, on one axis of time; and in words. */
import type { JSX } from 'preact'
import type { CourseView, EventPlotView } from './live-view.ts'
import { usePage } from './page-context.ts'
import type { Texts } from './texts.ts'

const width = 300
const weightHeight = 56
const handsHeight = 36
const gap = 6
const height = weightHeight + gap + handsHeight
/** Hands farther than this are drawn at the edge. */
const farthestCm = 100

interface Axis {
  x(atMs: number): number
}

export function EventPlot({ plot }: { plot: EventPlotView }): JSX.Element | null {
  const { texts } = usePage()
  const { weight, hands, startedAtMs } = plot
  const courses = [...(weight ? [weight] : []), ...hands]
  if (courses.length === 0) return null
  const fromMs = Math.min(...courses.map((course) => course.fromMs))
  const toMs = Math.max(...courses.map(({ fromMs, stepMs, values }) => fromMs + stepMs * values.length))
  const axis: Axis = { x: (atMs) => Math.round((10 * width * (atMs - fromMs)) / Math.max(1, toMs - fromMs)) / 10 }
  const words = plotWords(plot, texts)
  return (
    <figure class="event-plot">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={words.join(' ')}>
        {weight && <Weight course={weight} axis={axis} />}
        <g transform={`translate(0 ${weightHeight + gap})`}>
          {hands.map((hand) => (
            <Hand key={hand.person} course={hand} own={hand.own} axis={axis} />
          ))}
        </g>
        <line class="began" x1={axis.x(startedAtMs)} x2={axis.x(startedAtMs)} y1="0" y2={height} />
      </svg>
      <figcaption>{words.join(' ')}</figcaption>
    </figure>
  )
}

function Weight({ course, axis }: { course: CourseView; axis: Axis }): JSX.Element {
  const known = course.values.filter((value) => value !== null)
  const [highest, lowest] = [Math.max(0, ...known), Math.min(0, ...known)]
  const y = (grams: number) => 4 + ((weightHeight - 8) * (highest - grams)) / Math.max(1, highest - lowest)
  return (
    <g>
      <line class="level" x1="0" x2={width} y1={y(0)} y2={y(0)} />
      <Label grams={highest} y={y(highest) + 9} atEnd={-lowest > highest} />
      <Label grams={lowest} y={y(lowest) - 3} atEnd={-lowest <= highest} />
      {stretches(course, axis, y).map((points) => (
        <polyline key={points} class="weight" points={points} />
      ))}
    </g>
  )
}

/** Where the curve is not: what was taken leaves the upper right free, and what was put there the lower. */
function Label({ grams, y, atEnd }: { grams: number; y: number; atEnd: boolean }): JSX.Element {
  return (
    <text x={atEnd ? width : 0} y={y} text-anchor={atEnd ? 'end' : 'start'}>
      {`${grams} g`}
    </text>
  )
}

/** The goods are at the top: the nearer a hand, the higher its line. */
function Hand({ course, own, axis }: { course: CourseView; own: boolean; axis: Axis }): JSX.Element {
  const y = (cm: number) => 2 + ((handsHeight - 4) * Math.min(farthestCm, cm)) / farthestCm
  return (
    <>
      {stretches(course, axis, y).map((points) => (
        <polyline key={points} class={own ? 'hand own' : 'hand'} points={points} />
      ))}
    </>
  )
}

/** The lines of a course, broken where nothing was seen. */
function stretches({ fromMs, stepMs, values }: CourseView, axis: Axis, y: (value: number) => number): string[] {
  const lines: string[][] = [[]]
  values.forEach((value, i) => {
    if (value === null) lines.push([])
    else lines.at(-1)?.push(`${axis.x(fromMs + (i + 0.5) * stepMs)},${Math.round(10 * y(value)) / 10}`)
  })
  return lines.filter((points) => points.length > 1).map((points) => points.join(' '))
}

/** What the plot shows, for whoever does not see it. */
export function plotWords({ startedAtMs, settledAtMs, deltaG, hands }: EventPlotView, texts: Texts): string[] {
  const seconds = (ms: number) => Math.round(ms / 100) / 10
  return [
    texts.weightWent(Math.round(deltaG), Math.max(0.1, seconds(settledAtMs - startedAtMs))),
    ...hands.flatMap(({ person, own, fromMs, stepMs, values }) => {
      const nearestCm = Math.min(...values.filter((value) => value !== null))
      if (!Number.isFinite(nearestCm)) return []
      const atMs = fromMs + values.indexOf(nearestCm) * stepMs
      return [texts.handCame(own ? null : person, nearestCm, seconds(atMs - startedAtMs))]
    }),
  ]
}
