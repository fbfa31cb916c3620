import assert from 'node:assert/strict'
import { join } from 'node:path'
import { root } from '../../bin/store-options.ts'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import { readAnswers, type StoreAnswers } from '../../runtime/store-design/answers.ts'
import { designStore } from '../../runtime/store-design/design-store.ts'
import { readProductList } from '../../runtime/store-design/product-list.ts'
import { askAnswers } from '../../runtime/store-design/questions.ts'

const definitions = await loadDeviceDefinitions(join(root, 'hardware-profiles/devices'))

/** Somebody who answers questions by a word in them, and else presses Enter. */
async function interviewOf(said: Record<string, string[]>, sectionNames: string[]) {
  const lines: string[] = []
  const ask = async (question: string) => {
    lines.push(question)
    const about = Object.keys(said).find((word) => question.startsWith(word))
    return (about === undefined ? undefined : said[about]?.shift()) ?? ''
  }
  const options = { storeId: 'kiosk', sectionNames, products: 'products.csv', definitions }
  const answers: StoreAnswers = await askAnswers({ ask, say: (line) => lines.push(line) }, options)
  return { answers, lines }
}

describe('the questions about a new store', () => {
  it('are answered with Enter alone by whoever has a small shop', async () => {
    const { answers } = await interviewOf({}, ['Drinks', '과자'])
    assert.deepEqual(readAnswers(JSON.stringify(answers), 'new-store.json'), answers)
    assert.deepEqual(
      answers.sections.map(({ id, name }) => [id, name]),
      [
        ['drinks', 'Drinks'],
        ['section-2', '과자'],
      ],
    )
  })

  it('are asked again, with a reason, until the answer fits', async () => {
    const said = { 'Time zone': ['Mars/Base', 'Asia/Seoul'], 'Readings a second': ['fast', '900', '5'] }
    const { answers, lines } = await interviewOf(said, ['Drinks'])
    assert.deepEqual([answers.timeZone, answers.weighing.pollHz], ['Asia/Seoul', 5])
    assert.ok(lines.includes('  Mars/Base is no time zone.') && lines.includes('  fast is no number.'))
    assert.ok(lines.some((line) => /That is 900, but must be <= 200/.test(line)))
  })

  it('lead to a store that can be designed', async () => {
    const { answers } = await interviewOf({ Place: ['north', 'island'] }, ['Drinks', '과자'])
    const products = readProductList('sku,name,price,section\n1,Cola,1000,Drinks\n2,Chips,900,과자\n', 'list', 'KRW')
    const { profile } = designStore('kiosk', answers, products, definitions)
    assert.equal(profile.plates.length, 2 * 4 * 4 * 6)
  })
})
