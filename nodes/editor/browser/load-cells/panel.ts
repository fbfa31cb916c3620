/** The part of the load cells' dialog that shows the plates of the node's group, live, and what can be done to them. */
import { textsOf } from '../../../../runtime/console/pages/texts.ts'
import { ask } from '../ask.ts'
import { make, textButton } from '../elements.ts'
import type { Say } from '../form/check.ts'
import { languageOf, reasonOf } from '../reasons.ts'
import { WaitingPrograms } from '../waiting-programs.ts'
import { whileShown } from '../while-shown.ts'
import { type Bench, plates, type Section } from './bench.ts'
import { calibrateSection } from './calibrate-section.ts'
import { connectionSection } from './connection-section.ts'
import { nowSection } from './now-section.ts'
import { PlateList } from './plate-list.ts'
import { PlatePlace } from './plate-place.ts'
import { PressedPlate } from './pressed-plate.ts'
import type { Reading, StoreFacts } from './views.ts'
import { weighInSection } from './weigh-in-section.ts'

const allEveryMs = 700
const oneEveryMs = 250

const sectionNames = ['now', 'calibrate', 'weigh-in', 'connection', 'add'] as const
type SectionName = (typeof sectionNames)[number]

/** @param group the control that says which plates are the node's */
export function addLoadCellPanel(form: HTMLElement, group: HTMLSelectElement, say: Say): void {
  const panel = new Panel(group, say)
  form.append(panel.element)
  void panel.run()
}

class Panel implements Bench {
  readonly element: HTMLElement
  readonly say: Say
  readonly #group: HTMLSelectElement
  readonly #list: PlateList
  readonly #place: PlatePlace
  readonly #trouble = make('p', { className: 'aisle-trouble' })
  readonly #waiting: WaitingPrograms
  readonly #finding: HTMLButtonElement
  readonly #found = make('p', { className: 'aisle-hint' })
  readonly #tabs = make('div', { className: 'aisle-row' })
  readonly #one = make('div', { className: 'aisle-one', hidden: true })
  readonly #healthText: (health: string) => string
  #facts: StoreFacts = { revision: '', plates: [], groups: [], fixtures: [], devices: [], products: [], waiting: [] }
  #chosen: string | null = null
  #section: Section | null = null
  #pressed: PressedPlate | null = null
  /** Sensing does not answer. */
  #isAway = false

  constructor(group: HTMLSelectElement, say: Say) {
    this.say = say
    this.#group = group
    const { health } = textsOf(languageOf(say)).plan
    this.#healthText = (state) => (health as Record<string, string>)[state] ?? state
    this.#list = new PlateList({ say, healthText: this.#healthText, onChoose: (plate) => this.choose(plate) })
    this.#place = new PlatePlace(say, (name) => this.#chooseOnPlan(name))
    this.#finding = textButton(say('load-cells.find.start'), () => this.#find(this.#pressed === null))
    this.#finding.setAttribute('aria-pressed', 'false')
    this.#waiting = new WaitingPrograms({
      say,
      reload: () => this.reload(),
      onTrouble: (text) => {
        this.#trouble.textContent = text
      },
    })
    for (const element of [this.#trouble, this.#found]) element.setAttribute('role', 'status')
    this.#tabs.setAttribute('role', 'tablist')
    const found = make('div', { className: 'aisle-row' }, this.#finding, this.#found)
    const heading = make('h3', { textContent: say('load-cells.plates') })
    const where = make(
      'details',
      { className: 'aisle-where', open: true },
      make('summary', { textContent: say('load-cells.where') }),
      this.#place.element,
    )
    this.element = make(
      'section',
      { className: 'aisle-load-cells' },
      heading,
      this.#waiting.element,
      this.#trouble,
      this.#list.element,
      found,
      this.#one,
      where,
    )
    group.addEventListener('change', () => this.#showPlates())
  }

  facts(): StoreFacts {
    return this.#facts
  }

  async reload(): Promise<void> {
    this.#facts = await ask<StoreFacts>('open-aisle/load-cells')
    this.#showPlates()
    this.#waiting.show(this.#facts.waiting)
  }

  choose(plate: string): void {
    if (plate === this.#chosen) return
    this.#chosen = plate
    this.#list.chosen = plate
    this.#place.chosen = plate
    this.#open('now')
  }

  /** One of the node's plates; the plan shows more than these. */
  #chooseOnPlan(name: string): void {
    if (this.#list.has(name)) this.choose(name)
  }

  /** Until the dialog is closed. */
  async run(): Promise<void> {
    await Promise.all([
      this.#whileShown(allEveryMs, async () => {
        if (this.#facts.revision === '') await this.reload()
        const readings = await ask<Reading[] | null>('open-aisle/plates')
        this.#isAway = readings === null
        this.#show(readings ?? this.#facts.plates.map(({ id }) => unknown(id)))
        return readings ? '' : this.say('failed.sensing-unreachable')
      }),
      this.#whileShown(oneEveryMs, async () => {
        const plate = this.#chosen
        // The other loop says that sensing is away.
        if (plate === null || this.#isAway) return ''
        const detail = await plates.detail(plate)
        if (plate === this.#chosen) this.#section?.show(detail)
        return ''
      }),
    ])
  }

  /** @param work resolves with what is wrong, or with nothing */
  async #whileShown(pauseMs: number, work: () => Promise<string>): Promise<void> {
    await whileShown(this.element, pauseMs, async () => {
      const trouble = await work().catch((error: unknown) => reasonOf(error, this.say))
      // Each of the two loops clears only what it said itself.
      if (trouble || this.#trouble.dataset.by === String(pauseMs)) {
        this.#trouble.dataset.by = String(pauseMs)
        if (this.#trouble.textContent !== trouble) this.#trouble.textContent = trouble
      }
    })
  }

  #showPlates(): void {
    const group = this.#facts.groups.find(({ id }) => id === this.#group.value)
    const isOurs = (plate: string) => group?.plates.includes(plate) ?? this.#group.value === ''
    this.#list.plates = this.#facts.plates.filter(({ id }) => isOurs(id))
  }

  #show(readings: Reading[]): void {
    this.#list.readings = readings
    this.#place.readings = readings
    const press = this.#pressed?.push(readings, performance.now())
    if (!press) return
    this.#list.light(press.plate)
    this.#place.point(press)
    const text = this.say('load-cells.find.found', { plate: press.plate })
    if (this.#found.textContent !== text) this.#found.textContent = text
    this.choose(press.plate)
  }

  #find(isFinding: boolean): void {
    this.#pressed = isFinding ? new PressedPlate() : null
    this.#finding.setAttribute('aria-pressed', String(isFinding))
    this.#finding.textContent = this.say(isFinding ? 'load-cells.find.stop' : 'load-cells.find.start')
    this.#found.textContent = isFinding ? this.say('load-cells.find.press') : ''
    if (!isFinding) this.#list.light(null)
  }

  #open(name: SectionName): void {
    const plate = this.#chosen
    if (plate === null) return
    this.#section = this.#makeSection(name, plate)
    this.#tabs.replaceChildren(
      ...sectionNames.map((one) => {
        const tab = textButton(this.say(`load-cells.sections.${one}`), () => {
          this.#open(one)
          this.#tabs.querySelector<HTMLElement>('[aria-selected="true"]')?.focus()
        })
        tab.setAttribute('role', 'tab')
        tab.setAttribute('aria-selected', String(one === name))
        return tab
      }),
    )
    const { element } = this.#section
    element.setAttribute('role', 'tabpanel')
    element.setAttribute('aria-label', this.say(`load-cells.sections.${name}`))
    this.#one.replaceChildren(make('h3', { textContent: plate }), this.#tabs, element)
    this.#one.hidden = false
  }

  #makeSection(name: SectionName, plate: string): Section {
    switch (name) {
      case 'now':
        return nowSection(this, plate, this.#healthText)
      case 'calibrate':
        return calibrateSection(this, plate)
      case 'weigh-in':
        return weighInSection(this, plate)
      default:
        return connectionSection(this, plate, name === 'add')
    }
  }
}

const unknown = (plate: string): Reading => ({ plate, weightG: null, stable: false, atMs: 0, health: 'unknown' })
