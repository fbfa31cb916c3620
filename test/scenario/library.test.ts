import assert from 'node:assert/strict'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mismatches } from '../../runtime/twin/scenario/expectations.ts'
import { fitScenario, readScenario, scenarioFiles } from '../../runtime/twin/scenario/load-scenario.ts'
import { runScenario } from '../../runtime/twin/scenario/run-scenario.ts'
import { storeShelf } from '../../runtime/twin/scenario/scenario-store.ts'

const folder = fileURLToPath(new URL('../../scenarios', import.meta.url))
const profiles = new URL('../../hardware-profiles/', import.meta.url)

const library = await Promise.all(
  (await scenarioFiles(folder)).map(async (file) => ({ file, scenario: await readScenario(file) })),
)

describe('the library of scenarios', () => {
  const storeOf = storeShelf((profile) => fileURLToPath(new URL(profile, profiles)))

  for (const { file, scenario } of library) {
    const mark = scenario.known === undefined ? '' : ` [known to fail: ${scenario.known}]`
    it(`${basename(file, '.json')} (seed ${scenario.seed}): ${scenario.title}${mark}`, async function () {
      const store = await storeOf(scenario)
      fitScenario(scenario, store.loaded, file)
      const found = mismatches(scenario, runScenario(scenario, store), (sku) => sku)
      if (scenario.known === undefined) assert.deepEqual(found, [])
      else if (found.length > 0) this.skip()
      else console.log(`      ${basename(file)} passes now: remove its mark "known"`)
    })
  }
})
