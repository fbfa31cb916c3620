import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { root } from '../../bin/store-options.ts'
import { AisleError } from '../../runtime/contract/errors.ts'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import { checkGoods, checkProfile } from '../../runtime/profile/check-profile.ts'
import { layoutOf } from '../../runtime/profile/profile-layout.ts'
import { answersFile, readAnswers, type StoreAnswers } from '../../runtime/store-design/answers.ts'
import { checkBuses } from '../../runtime/store-design/bus-check.ts'
import { designStore } from '../../runtime/store-design/design-store.ts'
import { readProductList } from '../../runtime/store-design/product-list.ts'
import { bodyRadiusM, FloorPlan } from '../../runtime/twin/world/floor-plan.ts'

const folder = join(root, 'hardware-profiles/gs25-euljiro')
const definitions = await loadDeviceDefinitions(join(root, 'hardware-profiles/devices'))
const shipped = readAnswers(await readFile(join(folder, answersFile), 'utf8'), answersFile)
const products = readProductList(await readFile(join(folder, shipped.products), 'utf8'), 'list', 'KRW')
const { mistakes: _, ...faultless } = shipped

const design = (changes: Partial<StoreAnswers>) =>
  designStore('a-store', { ...faultless, ...changes }, products, definitions)

const refusal = (changes: Partial<StoreAnswers>): string => {
  try {
    design(changes)
  } catch (error) {
    if (error instanceof AisleError) return error.sentence
  }
  return assert.fail('it was designed')
}

describe('the design of a store', () => {
  it('is valid for whatever floor and fixtures fit, and refused with a sentence for what does not', () => {
    const places = fc.array(
      fc.record({
        place: fc.constantFrom('north', 'east', 'south', 'west', 'island'),
        fixtures: fc.integer({ min: 1, max: 8 }),
      }),
      { minLength: 4, maxLength: 4 },
    )
    let designed = 0
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 20 }), fc.integer({ min: 4, max: 20 }), places, (width, depth, chosen) => {
        const sections = faultless.sections.map((section, i) => ({ ...section, ...chosen[i] }) as typeof section)
        try {
          const { profile, catalogue, planogram } = design({ floorM: [width, depth], sections })
          assert.deepEqual([...checkProfile(profile), ...checkBuses(profile, definitions)], [])
          const goods = checkGoods(profile, catalogue, planogram)
          assert.deepEqual([...goods.catalogue, ...goods.planogram], [])
          designed++
        } catch (error) {
          assert.ok(error instanceof AisleError && error.code === 'store-too-small', String(error))
        }
      }),
      { numRuns: 60 },
    )
    assert.ok(designed > 5, `${designed} designed`)
  })

  it('lets a shopper stand before every plate', () => {
    const { profile, catalogue, planogram } = design({})
    const plan = new FloorPlan(layoutOf(profile, catalogue, planogram))
    for (const plate of layoutOf(profile, catalogue, planogram).plates) {
      assert.ok(plan.clearanceM(plan.standFor(plate, 0)) >= bodyRadiusM, plate.id)
    }
  })

  it('puts products of unlike weight on a plate that several share', () => {
    const { catalogue, planogram } = design({})
    const weightOf = new Map(catalogue.products.map(({ sku, weightG }) => [sku, weightG ?? 0]))
    const onPlate = Map.groupBy(planogram.entries, ({ plates }) => plates[0])
    const differences = [...onPlate.values()].flatMap((entries) => {
      const weights = entries.map(({ sku }) => weightOf.get(sku) ?? 0).sort((a, b) => a - b)
      return weights.slice(1).map((weightG, i) => weightG - (weights[i] ?? 0))
    })
    const told = differences.filter((difference) => difference > 5).length / differences.length
    assert.ok(told > 0.8, `${told} of the neighbours on a plate are told apart by weight`)
  })

  it('says which wall is too short, and how short', () => {
    assert.match(refusal({ floorM: [6, 6.25] }), /drinks, meals: The north wall has 6 m.*take 7.2 m/)
  })

  it('says which islands leave no room to walk', () => {
    const sections = faultless.sections.filter(({ place }) => place !== 'east')
    assert.match(refusal({ floorM: [8, 4], sections }), /snacks: Between these islands only 0.75 m/)
  })

  it('says how often a line can be read when that is not often enough', () => {
    const weighing = { ...faultless.weighing, baudRate: 9600 }
    assert.match(
      refusal({ weighing }),
      /MX08 takes 1\d\d\.\d ms at 9600 baud: at most \d\.\d readings a second, not 15/,
    )
  })

  it('says which sections there are when a product names another', () => {
    const [first, ...rest] = faultless.sections
    assert.match(
      refusal({ sections: [{ ...first, id: 'cold', name: 'Cold' } as typeof first & object, ...rest] }),
      /no section "drinks".*cold, meals/,
    )
  })
})
