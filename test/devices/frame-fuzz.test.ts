import { fuzzFrames, loadFuzzCatalogue } from './frame-fuzz.ts'

describe('frames of load cells', () => {
  it('may be anything: 10 000 random and mutated ones', async () => {
    const seed = Date.now() % 1e9
    console.log(`      seed ${seed} (again: node test/devices/frame-fuzz.ts 10000 ${seed})`)
    fuzzFrames(await loadFuzzCatalogue(), 10_000, seed)
  })
})
