/** Where a plate is: the store's floor plan, which marks the chosen plate, points at the pressed one, and is clicked on. */
import { FloorPlan } from '../../../../runtime/console/pages/floor-plan.ts'
import type { FloorPlanLayout, HealthView } from '../../../../runtime/console/pages/live-view.ts'
import { textsOf } from '../../../../runtime/console/pages/texts.ts'
import { ask } from '../ask.ts'
import { make } from '../elements.ts'
import type { Say } from '../form/check.ts'
import { languageOf } from '../reasons.ts'
import type { Press } from './pressed-plate.ts'
import type { Reading } from './views.ts'

/** As long as the plan itself points at something. */
const pointEveryMs = 2400

export class PlatePlace {
  readonly element: HTMLElement
  readonly #plan = new FloorPlan()
  #pointedAtMs = 0

  /** @param onChoose told the name of what somebody clicks on, which may be no plate */
  constructor(say: Say, onChoose: (name: string) => void) {
    this.#plan.texts = textsOf(languageOf(say)).plan
    this.#plan.choosable = true
    this.#plan.addEventListener('aisle-choose', (event) => onChoose((event as CustomEvent<string>).detail))
    this.element = make('div', { className: 'aisle-place' }, this.#plan)
    void ask<FloorPlanLayout>('open-aisle/floor-plan')
      .then((layout) => {
        this.#plan.layout = layout
      })
      .catch(() => {})
  }

  set readings(readings: readonly Reading[]) {
    this.#plan.plates = readings.map(({ plate, weightG, health }) => ({ plate, weightG, health: health as HealthView }))
  }

  set chosen(plate: string | null) {
    this.#plan.chosen = plate
  }

  /** Points at a plate that somebody presses; call it as long as it is pressed. */
  point(press: Press): void {
    const nowMs = performance.now()
    if (nowMs - this.#pointedAtMs < pointEveryMs) return
    this.#pointedAtMs = nowMs
    this.#plan.highlight([press])
  }
}
