import assert from 'node:assert/strict'
import fc from 'fast-check'
import { AisleError } from '../../runtime/contract/errors.ts'
import { readProductList } from '../../runtime/store-design/product-list.ts'

const refusal = (text: string, currency = 'KRW'): string => {
  try {
    readProductList(text, 'products.csv', currency)
  } catch (error) {
    if (error instanceof AisleError) return error.sentence
  }
  return assert.fail('it was accepted')
}

describe('a product list', () => {
  it('is read as a spreadsheet writes it: byte order mark, quotes, empty cells, other separators', () => {
    const rows =
      '\uFEFFsku;name;price;weight_g;sold_by;aliases;stock\r\n1;"Cola; cold";2100;527;;11|12;\r\n\r\n2;Pears;4900;;weight;;30\r\n'
    assert.deepEqual(readProductList(rows, 'products.csv', 'KRW'), [
      { sku: '1', name: 'Cola; cold', weightG: 527, priceMinor: 2100, soldBy: 'each', aliases: ['11', '12'] },
      { sku: '2', name: 'Pears', weightG: null, priceMinor: 4900, soldBy: 'weight', stock: 30 },
    ])
  })

  it('has its prices in the unit that people write', () => {
    assert.equal(readProductList('sku,name,price\n1,Cola,2.10\n', 'p', 'USD')[0]?.priceMinor, 210)
    assert.match(refusal('sku,name,price\n1,Cola,2.105\n', 'USD'), /line 2, column price.*2 decimals/)
  })

  it('says every mistake with line, column and what to do', () => {
    const said = refusal('sku,name,price,weight_g,sold_by\n1,Cola,"1,200",0,each\n\n1,,100,12,kg\n')
    assert.match(said, /line 2, column price is "1,200"; write a number such as 1250/)
    assert.match(said, /line 2, column weight_g is 0; it has to be more than 0/)
    assert.match(said, /line 4, column name is empty; fill it in/)
    assert.match(said, /line 4, column sold_by is "kg"; write each or weight/)
    assert.match(said, /line 4: the code 1 is in line 2 already/)
  })

  it('names columns that are missing or not known', () => {
    assert.match(refusal('sku,name,cost\n1,Cola,3\n'), /no column price; add it[\s\S]*column "cost" is not known/)
  })

  it('refuses an open quotation mark, a line that is too short, and another encoding', () => {
    assert.match(refusal('sku,name,price\n1,"Cola,3\n'), /line/i)
    assert.match(refusal('sku,name,price\n1,Cola\n'), /line 2/)
    assert.match(refusal('sku,name,price\n1,\uFFFD\uFFFD,3\n'), /UTF-8/)
  })

  it('either reads any text or says what is wrong', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'sku,name;price\n\r"\t1ä|') }), (text) => {
        try {
          assert.ok(Array.isArray(readProductList(text, 'p', 'KRW')))
        } catch (error) {
          assert.ok(error instanceof AisleError, String(error))
        }
      }),
    )
  })
})
