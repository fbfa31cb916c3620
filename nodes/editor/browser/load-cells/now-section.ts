/** One plate now: its weight, how it is, where it is read, and the registers as they stand on the wire. */
import { make } from '../elements.ts'
import { reasonOf } from '../reasons.ts'
import { type Bench, gramsText, plates, type Section } from './bench.ts'
import type { Detail, Registers } from './views.ts'

const registersEveryMs = 1500
/** More than any plate at rest: something was put there a moment ago, and is no scatter. */
const mostScatterG = 20

export function nowSection(bench: Bench, plate: string, healthText: (health: string) => string): Section {
  const { say } = bench
  const weight = make('div', { className: 'aisle-big-weight' })
  const facts = make('dl', { className: 'aisle-facts' })
  const registers = make('pre', { className: 'aisle-registers' })
  const details = make(
    'details',
    {},
    make('summary', { textContent: say('load-cells.registers.title') }),
    make('p', { className: 'aisle-hint', textContent: say('load-cells.registers.hint') }),
    registers,
  )
  let factsShown = ''
  let askedAtMs = 0

  async function showRegisters(): Promise<void> {
    askedAtMs = performance.now()
    registers.textContent = await plates.registers(plate).then(registersText, (error) => reasonOf(error, say))
  }
  details.addEventListener('toggle', () => details.open && void showRegisters())

  return {
    element: make('div', {}, weight, facts, details),
    show(detail) {
      const scatter = detail.sigmaG === null || detail.sigmaG > mostScatterG ? '' : ` ± ${detail.sigmaG.toFixed(2)} g`
      const motion = detail.weightG === null ? '' : say(detail.stable ? 'load-cells.at-rest' : 'load-cells.in-motion')
      weight.replaceChildren(
        make('strong', { textContent: gramsText(detail.weightG, say) }),
        make('span', { textContent: `${scatter} ${motion}` }),
      )
      const rows = factRows(detail, bench, healthText)
      const text = JSON.stringify(rows)
      if (text !== factsShown) facts.replaceChildren(...rows.flatMap(factElements))
      factsShown = text
      if (details.open && performance.now() - askedAtMs > registersEveryMs) void showRegisters()
    },
  }
}

function factRows(detail: Detail, { say }: Bench, healthText: (health: string) => string): [string, string][] {
  const { device, unit, channel, model, health, flash, commands } = detail
  const orders = commands.map((name) => say(`load-cells.orders.${name}`)).join(', ')
  return [
    [say('load-cells.facts.health'), healthText(health)],
    [say('load-cells.facts.model'), model],
    [say('load-cells.facts.read-at'), say('load-cells.facts.place', { device, unit, channel })],
    [say('load-cells.facts.orders'), orders || say('load-cells.facts.no-orders')],
    ...(flash ? [[say('load-cells.facts.flash'), say('load-cells.flash', { ...flash })] as [string, string]] : []),
  ]
}

const factElements = ([name, value]: [string, string]) => [
  make('dt', { textContent: name }),
  make('dd', { textContent: value }),
]

/** Address, word as a hexadecimal, as an unsigned and as a signed number. */
function registersText(blocks: readonly Registers[]): string {
  const lines = blocks.flatMap(({ address, words }) =>
    words.map((word, i) => {
      const signed = word > 0x7fff ? word - 0x10000 : word
      const columns = [String(address + i), `0x${word.toString(16).padStart(4, '0')}`, String(word), String(signed)]
      return columns.map((text) => text.padStart(7)).join(' ')
    }),
  )
  return lines.join('\n')
}
