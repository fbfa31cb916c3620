/** How the health of a load cell looks: a colour (in floor-plan-style.ts), a sign and a word for each state. */
import type { HealthView } from './live-view.ts'
import { html, svg } from './svg.ts'
import type { Texts } from './texts.ts'

/** Colour says it to most, the sign to everybody: nothing for good, and one of its own for each trouble. */
const signs: Record<HealthView, string> = {
  online: '',
  late: 'M-4,0 H4',
  offline: 'M-3.5,-3.5 L3.5,3.5 M3.5,-3.5 L-3.5,3.5',
  stuck: 'M-2,-3.5 V3.5 M2,-3.5 V3.5',
  drifting: 'M-4,3.5 L4,-3.5 M0,-3.5 H4 V0.5',
  noisy: 'M-5,2 L-2.5,-3 L0,3 L2.5,-3 L5,2',
  saturated: 'M-4,-4 H4 M0,4 V-1.5 M-2.5,1 L0,-1.5 L2.5,1',
  'sign-flipped': 'M-4,-2 H4 L1.5,-4.5 M4,2.5 H-4 L-1.5,5',
  unknown: 'M-0.5,0 H0.5',
}
export const healthStates = Object.keys(signs) as HealthView[]

export const healthSign = (health: HealthView): string => signs[health]

export class HealthLegend {
  readonly element = html('ul', { class: 'legend' })
  readonly #counts = new Map<HealthView, HTMLElement>()

  set texts(texts: Texts['plan']) {
    this.element.replaceChildren(...healthStates.map((health) => this.#entry(health, texts)))
  }

  /** How many plates are in each state; what none is in steps back. */
  show(countOf: ReadonlyMap<HealthView, number>): void {
    for (const [health, place] of this.#counts) {
      const count = countOf.get(health) ?? 0
      place.textContent = count > 0 ? String(count) : ''
      place.parentElement?.classList.toggle('none', count === 0)
    }
  }

  #entry(health: HealthView, texts: Texts['plan']): HTMLElement {
    const picture = svg('svg', { viewBox: '-9 -9 18 18', 'aria-hidden': 'true' })
    const sample = svg('polygon', { points: '-9,-9 9,-9 9,9 -9,9' })
    const sign = svg('path', { class: 'glyph', d: signs[health], transform: 'scale(1.3)' })
    picture.append(svg('g', { class: `plate ${health}` }, sample, sign))
    const count = html('b')
    this.#counts.set(health, count)
    return html('li', { class: 'none' }, picture, texts.health[health] ?? health, ' ', count)
  }
}
