/** Where a plate stands and where it is read, in the store's profile: a re-plugged cell, a moved shelf, a new plate. */
import { make, named, textButton } from '../elements.ts'
import { reasonOf } from '../reasons.ts'
import { type Bench, plateOf, plates, type Section } from './bench.ts'
import type { PlateChange, PlateFacts } from './views.ts'

type Plate = PlateChange['plate']

/** @param like the plate that is changed, or after whose likeness a new one is made */
export function connectionSection(bench: Bench, like: string, isNew: boolean): Section {
  const { say } = bench
  const plate = plateOf(bench, like)
  const outcome = make('p', { className: 'aisle-outcome' })
  outcome.setAttribute('role', 'status')
  const fields = plate ? makeFields(bench, plate, isNew) : null
  const save = textButton(say(isNew ? 'load-cells.connection.add' : 'load-cells.connection.save'), () => void keep())

  async function keep(): Promise<void> {
    const changed = fields?.read()
    if (!changed) return
    save.disabled = true
    let text: string
    try {
      await plates.change(isNew ? null : like, { revision: bench.facts().revision, plate: changed })
      text = say('load-cells.connection.saved', { plate: changed.id })
      outcome.classList.remove('aisle-bad')
    } catch (error) {
      text = reasonOf(error, say)
      outcome.classList.add('aisle-bad')
    }
    outcome.textContent = text
    await bench.reload().catch(() => {})
    save.disabled = false
  }

  const hint = make('p', { className: 'aisle-hint', textContent: say('load-cells.connection.hint') })
  return { element: make('div', {}, hint, ...(fields?.elements ?? []), save, outcome), show() {} }
}

function makeFields(bench: Bench, plate: PlateFacts, isNew: boolean) {
  const { devices, fixtures } = bench.facts()
  const text = (key: string, control: HTMLElement) => named(bench.say(`load-cells.connection.${key}`), control)
  const number = (value: number) =>
    make('input', { type: 'number', step: 'any', className: 'aisle-number', value: String(value) })
  const choice = (names: string[], value: string) => {
    const select = make('select')
    select.append(...names.map((name) => new Option(name, name, false, name === value)))
    return select
  }
  const id = make('input', { type: 'text', value: isNew ? '' : plate.id, readOnly: !isNew, maxLength: 128 })
  const device = choice(devices, plate.source.device)
  const unit = number(plate.source.unit)
  const channel = number(plate.source.channel)
  const fixture = choice(fixtures, plate.fixture)
  const shelf = number(plate.shelf)
  const index = number(plate.index)
  const position = plate.positionM.map(number)
  const size = plate.sizeM.map(number)
  const rating = number(plate.ratingG)
  const axes = ['x', 'y', 'z']
  const elements = [
    group(text('id', id), text('rating', rating)),
    group(text('device', device), text('unit', unit), text('channel', channel)),
    group(text('fixture', fixture), text('shelf', shelf), text('index', index)),
    group(...position.map((input, i) => text(`position-${axes[i]}`, input))),
    group(...size.map((input, i) => text(i === 0 ? 'width' : 'depth', input))),
  ]
  const read = (): Plate => ({
    ...{ id: id.value, fixture: fixture.value, shelf: Number(shelf.value), index: Number(index.value) },
    positionM: position.map(({ value }) => Number(value)) as Plate['positionM'],
    sizeM: size.map(({ value }) => Number(value)) as Plate['sizeM'],
    ratingG: Number(rating.value),
    source: { device: device.value, unit: Number(unit.value), channel: Number(channel.value) },
  })
  return { elements, read }
}

const group = (...labels: HTMLElement[]) => make('div', { className: 'aisle-object' }, ...labels)
