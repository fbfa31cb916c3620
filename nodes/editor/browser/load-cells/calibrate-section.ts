/**
 * Calibration step by step: the plate empty, a known weight on it, and then both once more, which shows the error. The
 * device's own orders do the work; where it has none for the span, the zero is set and checked alone.
 */
import { make, named, textButton } from '../elements.ts'
import { reasonOf } from '../reasons.ts'
import { type Bench, gramsText, plateOf, plates, type Section } from './bench.ts'
import { allowedErrorG, isFitWeight, isGood, leastKnownShare, looksEmpty } from './calibration-rules.ts'
import { type Level, restToleranceG, SteadyLevel } from './steady-level.ts'
import type { Detail, Order } from './views.ts'

type Step = 'zero' | 'span' | 'empty' | 'loaded' | 'done'

export function calibrateSection(bench: Bench, plate: string): Section {
  const { say } = bench
  const ratingG = plateOf(bench, plate)?.ratingG ?? 10_000
  const steady = new SteadyLevel({ toleranceG: restToleranceG(ratingG) })
  const list = make('ol', { className: 'aisle-steps' })
  const told = make('p', {})
  const live = make('div', { className: 'aisle-big-weight' })
  const flash = make('p', { className: 'aisle-hint' })
  const known = make('input', { type: 'number', className: 'aisle-number', min: '1', step: 'any' })
  known.value = String(ratingG / 2)
  const weightField = named(say('load-cells.calibrate.known'), known)
  const action = textButton('', () => void act())
  const again = textButton(say('load-cells.calibrate.again'), () => begin())
  const outcome = make('p', { className: 'aisle-outcome' })
  outcome.setAttribute('role', 'status')

  let steps: Step[] = []
  let step: Step = 'zero'
  let level: Level | null = null
  let working = false
  /** Somebody has been asked whether the plate is empty. */
  let askedEmpty = false
  let newest: Detail | null = null

  function begin(): void {
    const canSpan = newest?.commands.includes('calibrateSpan') ?? false
    steps = canSpan ? ['zero', 'span', 'loaded', 'empty', 'done'] : ['zero', 'empty', 'done']
    step = 'zero'
    askedEmpty = false
    tell('', null)
    draw()
  }

  function draw(): void {
    const at = steps.indexOf(step)
    list.replaceChildren(
      ...steps.slice(0, -1).map((name, i) => {
        const item = make('li', { textContent: say(`load-cells.calibrate.steps.${name}`) })
        if (i < at) item.className = 'aisle-step-done'
        if (i === at) item.setAttribute('aria-current', 'step')
        return item
      }),
    )
    const values = { least: leastKnownShare * ratingG, most: ratingG }
    told.textContent = say(`load-cells.calibrate.do.${step}`, values)
    weightField.hidden = step !== 'span' && step !== 'loaded'
    action.hidden = step === 'done'
    action.textContent = say(`load-cells.calibrate.action.${step}`)
    again.hidden = step === 'zero'
    showReady()
  }

  function showReady(): void {
    action.disabled = working || level === null
    again.disabled = working
    const state = level === null ? 'load-cells.wait-for-rest' : 'load-cells.at-rest'
    live.replaceChildren(
      make('strong', { textContent: gramsText(newest?.weightG ?? null, say) }),
      make('span', { textContent: ` ${say(working ? 'load-cells.working' : state)}` }),
    )
  }

  async function act(): Promise<void> {
    working = true
    tell('', null)
    showReady()
    try {
      await carryOut()
    } catch (error) {
      tell(reasonOf(error, say), false)
    }
    working = false
    draw()
  }

  async function carryOut(): Promise<void> {
    const knownG = Number(known.value)
    if (step === 'zero') {
      if (level && !looksEmpty(level.grams, ratingG) && !askedEmpty) {
        askedEmpty = true
        return tell(say('load-cells.calibrate.not-empty', { grams: gramsText(level.grams, say) }), false)
      }
      await order({ command: newest?.commands.includes('calibrateZero') ? 'calibrateZero' : 'zero' })
    } else if (step === 'span') {
      if (!isFitWeight(knownG, ratingG)) {
        const values = { least: leastKnownShare * ratingG, most: ratingG }
        return tell(say('load-cells.calibrate.unfit', values), false)
      }
      await order({ command: 'calibrateSpan', knownG })
    } else check(step === 'loaded' ? knownG : 0)
  }

  async function order(given: Order): Promise<void> {
    const answer = await plates.order(plate, given)
    tell(say('load-cells.calibrate.read-back', { grams: gramsText(answer.grossG, say) }), true)
    next()
  }

  function check(knownG: number): void {
    if (!level) return
    const values = {
      shown: level.grams.toFixed(1),
      known: knownG,
      error: signed(level.grams - knownG),
      allowed: allowedErrorG(knownG).toFixed(1),
    }
    const good = isGood(level.grams, knownG)
    if (good) next()
    const outcome = !good ? 'bad' : step === 'done' ? 'finished' : 'good'
    tell(say(`load-cells.calibrate.${outcome}`, values), good)
  }

  function next(): void {
    step = steps[steps.indexOf(step) + 1] ?? 'done'
  }

  function tell(text: string, isGood: boolean | null): void {
    outcome.textContent = text
    outcome.classList.toggle('aisle-good', isGood === true)
    outcome.classList.toggle('aisle-bad', isGood === false)
  }

  return {
    element: make(
      'div',
      {},
      list,
      told,
      live,
      weightField,
      make('div', { className: 'aisle-row' }, action, again),
      outcome,
      flash,
    ),
    show(detail) {
      const isFirst = newest === null
      newest = detail
      level = steady.push(detail.weightG, detail.atMs)
      flash.textContent = detail.flash ? say('load-cells.flash', { ...detail.flash }) : ''
      if (!isFirst) return showReady()
      if (!detail.commands.includes('zero') && !detail.commands.includes('calibrateZero')) {
        told.textContent = say('load-cells.calibrate.not-here', { model: detail.model })
        for (const element of [weightField, action, again]) element.hidden = true
        return
      }
      begin()
    },
  }
}

const signed = (grams: number) => `${grams < 0 ? '−' : '+'}${Math.abs(grams).toFixed(1)}`
