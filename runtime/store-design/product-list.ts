/**
 * A product list as a retailer's system exports it: CSV with a line of column names. Whatever is wrong is said with
 * line and column, all at once. Columns: sku, name, price; optional weight_g (empty: nobody weighed it),
 * weight_sd_g, sold_by (each or weight; each when empty), section, tax_free and age_restricted (yes or no),
 * aliases (other codes, separated by |), stock (pieces when the shelf is full).
 */
import { type CsvError, type Info, parse } from 'csv-parse/sync'
import { AisleError } from '../contract/errors.ts'
import type { Catalogue } from '../profile/profile-schema.ts'

export type ListedProduct = Catalogue['products'][number] & {
  /** Where it is meant to lie; undefined: wherever there is room. */
  section?: string
  /** Pieces when the shelf is full; undefined: as many as fit. */
  stock?: number
}

const required = ['sku', 'name', 'price'] as const
const optional = [
  ...['weight_g', 'weight_sd_g', 'sold_by', 'section', 'tax_free', 'age_restricted', 'aliases', 'stock'],
] as const
const known: readonly string[] = [...required, ...optional]
const mostProblemsShown = 20

/**
 * @param currency prices are in its major unit, as people write them: 2.10 for USD, 2100 for KRW
 * @throws AisleError `product-list-invalid`
 */
export function readProductList(text: string, file: string, currency: string): ListedProduct[] {
  const { names, rows } = readRows(text, file)
  const problems = checkNames(names)
  if (problems.length > 0) throw invalid(file, problems)
  const minorDigits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
    .maximumFractionDigits
  const products = rows.map(({ cells, line }) => {
    const row = new Row(names, cells, line, problems)
    return {
      sku: row.text('sku', 64),
      name: row.text('name', 200),
      weightG: row.number('weight_g', { above: 0, most: 100_000 }) ?? null,
      ...defined('weightSdG', row.number('weight_sd_g', { least: 0, most: 10_000 })),
      priceMinor: row.price('price', minorDigits ?? 2),
      soldBy: row.oneOf('sold_by', ['each', 'weight']) ?? 'each',
      ...(row.yes('tax_free') ? { taxFree: true } : {}),
      ...(row.yes('age_restricted') ? { ageRestricted: true } : {}),
      ...defined('aliases', row.codes('aliases')),
      ...defined('section', row.optionalText('section')),
      ...defined('stock', row.number('stock', { least: 0, most: 10_000, whole: true })),
    }
  })
  problems.push(...repeatedCodes(products, rows))
  if (problems.length > 0) throw invalid(file, problems)
  return products
}

interface Row0 {
  cells: string[]
  /** In the file, from 1. */
  line: number
}

function readRows(text: string, file: string): { names: string[]; rows: Row0[] } {
  if (text.includes('\uFFFD')) throw invalid(file, ['it is not in UTF-8; save it as "CSV UTF-8"'])
  let records: { record: string[]; info: Info }[]
  try {
    const options = { bom: true, info: true, trim: true, skip_empty_lines: true, delimiter: delimiterOf(text) }
    records = parse(text, options) as unknown as typeof records
  } catch (error) {
    const { message } = error as CsvError
    throw invalid(file, [`${message}; check its quotation marks and commas`])
  }
  const [head, ...rest] = records
  if (!head) throw invalid(file, ['it is empty'])
  return {
    names: head.record.map((name) => name.toLowerCase()),
    rows: rest.map(({ record, info }) => ({ cells: record, line: info.lines })),
  }
}

/** Spreadsheets of countries with decimal commas separate by semicolons; the line of names tells. */
function delimiterOf(text: string): string {
  const [names = ''] = text.split('\n', 1)
  return [',', ';', '\t'].reduce((a, b) => (names.split(b).length > names.split(a).length ? b : a))
}

function checkNames(names: string[]): string[] {
  const missing = required.filter((name) => !names.includes(name))
  const unknown = names.filter((name) => !known.includes(name))
  return [
    ...missing.map((name) => `line 1: there is no column ${name}; add it`),
    ...unknown.map((name) => `line 1: the column ${JSON.stringify(name)} is not known; known are ${known.join(', ')}`),
    ...names.filter((name, i) => names.indexOf(name) !== i).map((name) => `line 1: there are two columns ${name}`),
  ]
}

/** One line; what is wrong with it is collected in `problems`. */
class Row {
  readonly #names: string[]
  readonly #cells: string[]
  readonly #line: number
  readonly #problems: string[]

  constructor(names: string[], cells: string[], line: number, problems: string[]) {
    this.#names = names
    this.#cells = cells
    this.#line = line
    this.#problems = problems
  }

  optionalText(column: string): string | undefined {
    return this.#cells[this.#names.indexOf(column)] || undefined
  }

  text(column: string, longest: number): string {
    const text = this.optionalText(column)
    if (!text) this.#wrong(column, 'is empty; fill it in')
    else if (text.length > longest) this.#wrong(column, `is longer than ${longest} characters; shorten it`)
    return text ?? ''
  }

  number(
    column: string,
    bounds: { above?: number; least?: number; most: number; whole?: boolean },
  ): number | undefined {
    const text = this.optionalText(column)
    if (text === undefined) return undefined
    // A comma may be a thousand's or a decimal one; guessing would make 1,5 g of 1.5 kg.
    const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    const { above, least = 0, most } = bounds
    const fits = value <= most && (above === undefined ? value >= least : value > above)
    const range = `${above === undefined ? `at least ${least}` : `more than ${above}`}, at most ${most}`
    if (Number.isNaN(value)) this.#wrong(column, `is ${JSON.stringify(text)}; write a number such as 1250 or 12.5`)
    else if (!fits) this.#wrong(column, `is ${text}; it has to be ${range}`)
    else if (bounds.whole && !Number.isInteger(value)) this.#wrong(column, `is ${text}; write a whole number`)
    return value
  }

  price(column: string, minorDigits: number): number {
    if (this.optionalText(column) === undefined) this.#wrong(column, 'is empty; fill it in')
    const value = this.number(column, { least: 0, most: 1e9 }) ?? 0
    const minor = Math.round(value * 10 ** minorDigits)
    if (Math.abs(minor - value * 10 ** minorDigits) > 1e-6) {
      this.#wrong(column, `is ${value}; this currency has ${minorDigits} decimals`)
    }
    return minor
  }

  oneOf<const W extends string>(column: string, words: W[]): W | undefined {
    const text = this.optionalText(column)
    if (text === undefined || words.includes(text as W)) return text as W | undefined
    this.#wrong(column, `is ${JSON.stringify(text)}; write ${words.join(' or ')}`)
    return undefined
  }

  yes(column: string): boolean {
    return this.oneOf(column, ['yes', 'no']) === 'yes'
  }

  codes(column: string): string[] | undefined {
    const codes = this.optionalText(column)
      ?.split('|')
      .map((code) => code.trim())
    if (codes?.some((code) => code === '' || code.length > 64))
      this.#wrong(column, 'has an empty or very long code; separate them by |')
    return codes
  }

  #wrong(column: string, what: string): void {
    this.#problems.push(`line ${this.#line}, column ${column} ${what}`)
  }
}

function repeatedCodes(products: readonly ListedProduct[], rows: readonly Row0[]): string[] {
  const lines = new Map<string, number>()
  return products.flatMap(({ sku, aliases = [] }, i) => {
    const line = rows[i]?.line ?? 0
    return [sku, ...aliases].flatMap((code) => {
      const first = lines.get(code)
      lines.set(code, first ?? line)
      if (first === undefined || code === '') return []
      return [`line ${line}: the code ${code} is in line ${first} already; a code means one product`]
    })
  })
}

const defined = <K extends string, V>(name: K, value: V | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { [key in K]?: V }

function invalid(file: string, problems: string[]): AisleError {
  const shown = problems.slice(0, mostProblemsShown)
  const more = problems.length - shown.length
  const lines = [...shown, ...(more > 0 ? [`and ${more} more`] : [])]
  return new AisleError('product-list-invalid', `${lines.join('\n  ')}\n`, {
    where: file,
    action: 'Correct these places and run the command again.',
  })
}
