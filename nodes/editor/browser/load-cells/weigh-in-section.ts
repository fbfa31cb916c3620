/**
 * Weighs a product in: pieces are put on the plate, or taken off, one after the other; each change is weighed by
 * itself when the plate has come to rest, so nobody has to walk to the screen between two.
 */
import { iconButton, make, named, textButton } from '../elements.ts'
import { reasonOf } from '../reasons.ts'
import { type Bench, correctWeight, plateOf, type Section } from './bench.ts'
import { PieceCounter } from './piece-counter.ts'
import { fewestForSpread, type PieceWeight, pieceWeight, type Weighing } from './piece-weight.ts'
import type { ProductFacts } from './views.ts'

export function weighInSection(bench: Bench, plate: string): Section {
  const { say } = bench
  const ratingG = plateOf(bench, plate)?.ratingG ?? 10_000
  const product = make('input', { type: 'text', className: 'aisle-wide', autocomplete: 'off' })
  product.setAttribute('list', 'aisle-products')
  const choices = make('datalist', { id: 'aisle-products' })
  const pieces = make('input', {
    type: 'number',
    className: 'aisle-number',
    min: '1',
    max: '100',
    step: '1',
    value: '1',
  })
  const state = make('p', { className: 'aisle-outcome' })
  state.setAttribute('role', 'status')
  const learned = make('p', { className: 'aisle-hint' })
  const list = make('ol', { className: 'aisle-weighings' })
  const comparison = make('table', { className: 'aisle-comparison' })
  const outcome = make('p', { className: 'aisle-outcome' })
  outcome.setAttribute('role', 'status')
  const start = textButton(say('load-cells.weigh-in.start'), () => begin())
  const save = textButton(say('load-cells.weigh-in.save'), () => void keep())

  let counter: PieceCounter | null = null
  let weighings: Weighing[] = []

  const inCatalogue = () => bench.facts().products.find((one) => nameOf(one) === product.value)

  function begin(): void {
    counter = new PieceCounter(ratingG)
    weighings = []
    tell('', null)
    draw()
  }

  function draw(): void {
    const chosen = inCatalogue()
    const measured = pieceWeight(weighings)
    start.disabled = !chosen || chosen.soldBy === 'weight'
    list.replaceChildren(...weighings.map((weighing, i) => rowOf(weighing, i, measured)))
    comparison.replaceChildren(...(chosen && measured ? compared(chosen, measured) : []))
    save.disabled = !chosen || !measured || measured.doubtful.length > 0
    save.hidden = weighings.length === 0
    learned.textContent = chosen ? learnedText(chosen) : ''
    showState(chosen)
  }

  function learnedText({ weightG, learnedG }: ProductFacts): string {
    if (learnedG === undefined) return ''
    return say('load-cells.weigh-in.learned', { learned: inGrams(learnedG), old: inGrams(weightG) })
  }

  function showState(chosen = inCatalogue()): void {
    const key = !chosen
      ? 'choose'
      : chosen.soldBy === 'weight'
        ? 'by-weight'
        : !counter
          ? 'ready'
          : counter.isReady
            ? 'move'
            : 'wait'
    const text = say(`load-cells.weigh-in.${key}`, { pieces: pieces.value, spread: fewestForSpread })
    if (state.textContent !== text) state.textContent = text
  }

  function rowOf(weighing: Weighing, i: number, measured: PieceWeight | null): HTMLElement {
    const isDoubtful = measured?.doubtful.includes(i) ?? false
    const each = (Math.abs(weighing.deltaG) / weighing.pieces).toFixed(1)
    const values = { pieces: weighing.pieces, grams: weighing.deltaG.toFixed(1), each }
    const text = make('span', { textContent: say('load-cells.weigh-in.weighed', values) })
    const remove = iconButton('trash', say('form.remove'), () => {
      weighings = weighings.filter((one) => one !== weighing)
      draw()
    })
    const row = make('li', { className: isDoubtful ? 'aisle-bad' : '' }, text)
    if (isDoubtful) row.append(make('em', { textContent: ` ${say('load-cells.weigh-in.doubtful')}` }))
    row.append(remove)
    return row
  }

  function compared(old: ProductFacts, measured: PieceWeight): HTMLElement[] {
    const row = (name: string, was: number | null, now: number | null) =>
      make(
        'tr',
        {},
        ...[name, inGrams(was), inGrams(now)].map((text, i) => make(i === 0 ? 'th' : 'td', { textContent: text })),
      )
    const head = ['', say('load-cells.weigh-in.old'), say('load-cells.weigh-in.new')]
    return [
      make('tr', {}, ...head.map((text) => make('th', { textContent: text }))),
      row(say('load-cells.weigh-in.weight'), old.weightG, rounded(measured.weightG, 1)),
      row(say('load-cells.weigh-in.spread'), old.weightSdG, measured.weightSdG ?? old.weightSdG),
    ]
  }

  async function keep(): Promise<void> {
    const chosen = inCatalogue()
    const measured = pieceWeight(weighings)
    if (!chosen || !measured) return
    save.disabled = true
    const weightSdG = measured.weightSdG === null ? null : rounded(measured.weightSdG, 2)
    const change = { revision: bench.facts().revision, weightG: rounded(measured.weightG, 1), weightSdG }
    try {
      await correctWeight(chosen.sku, change)
      const values = { name: chosen.name, old: inGrams(chosen.weightG), new: inGrams(change.weightG) }
      counter = null
      weighings = []
      tell(say('load-cells.weigh-in.saved', values), true)
    } catch (error) {
      tell(reasonOf(error, say), false)
    }
    // Also after a refusal: the files may say something else by now.
    await bench.reload().catch(() => {})
    draw()
  }

  function tell(text: string, isGood: boolean | null): void {
    outcome.textContent = text
    outcome.classList.toggle('aisle-good', isGood === true)
    outcome.classList.toggle('aisle-bad', isGood === false)
  }

  const products = bench.facts().products
  choices.append(...products.map((one) => new Option(undefined, nameOf(one))))
  const [only, ...others] = plateOf(bench, plate)?.products ?? []
  const lying = others.length === 0 ? products.filter(({ name }) => name === only) : []
  if (lying.length === 1 && lying[0]) product.value = nameOf(lying[0])
  product.addEventListener('change', () => {
    counter = null
    weighings = []
    draw()
  })
  draw()

  return {
    element: make(
      'div',
      {},
      make('p', { className: 'aisle-hint', textContent: say('load-cells.weigh-in.hint') }),
      named(say('load-cells.weigh-in.product'), product),
      choices,
      named(say('load-cells.weigh-in.pieces'), pieces),
      learned,
      start,
      state,
      list,
      comparison,
      save,
      outcome,
    ),
    show({ weightG, atMs }) {
      const wasReady = counter?.isReady
      const weighing = counter?.push(weightG, atMs, Math.max(1, Math.floor(Number(pieces.value)) || 1))
      if (weighing) weighings.push(weighing)
      if (weighing) draw()
      else if (counter && wasReady !== counter.isReady) showState()
    },
  }
}

const nameOf = ({ name, sku }: ProductFacts) => `${name} · ${sku}`
const rounded = (value: number, digits: number) => Number(value.toFixed(digits))
const inGrams = (grams: number | null) => (grams === null ? '—' : `${rounded(grams, 2)} g`)
