import assert from 'node:assert/strict'
import { type RealPlates, readRealPlates, twinSeries } from '../../bench/plates/scene.ts'
import { distributionDistance, type PlateStatistics, plateStatistics } from '../../bench/plates/statistics.ts'

/**
 * The real figures were reckoned by `npm run bench -- plates --recording DIR --write`; the same command shows them
 * beside the twin's. A seed is another set of gondolas, so it is the median of several that is compared.
 */
describe('the twin in the scene of the real recording', function () {
  this.timeout(30_000)
  const seeds = [1, 2, 3, 4, 5, 6]
  let real: RealPlates['statistics']
  let twins: PlateStatistics[]

  before(() => {
    const scene = readRealPlates()
    real = scene.statistics
    twins = seeds.map((seed) => plateStatistics(twinSeries(scene, seed), scene.moments))
  })

  const medianOf = (figure: (statistics: PlateStatistics) => number): number => {
    const sorted = twins.map(figure).sort((a, b) => a - b)
    return ((sorted[2] as number) + (sorted[3] as number)) / 2
  }

  /** Within this factor of the real figure, either way. */
  function isWithin(factor: number, figure: (statistics: PlateStatistics) => number, what: string): void {
    const [is, should] = [medianOf(figure), figure(real)]
    const ratio = is / should
    assert.ok(ratio < factor && ratio > 1 / factor, `${what}: ${is.toFixed(2)}, real ${should.toFixed(2)}`)
  }

  it('has plates as noisy at rest, by the Kolmogorov-Smirnov distance of 240 plates', () => {
    assert.equal(real.restG.length, 21)
    // For two samples of 240 of one distribution, 95 % of distances are below 0.124.
    for (const { restG } of twins) assert.ok(distributionDistance(restG, real.restG) < 0.124)
    isWithin(1.2, ({ restG }) => restG[10] as number, 'median')
    isWithin(1.25, ({ restG }) => restG[18] as number, '90th percentile')
    isWithin(1.3, ({ restG }) => restG[20] as number, 'noisiest')
  })

  it('has noise of the same colour', () => {
    for (const lag of [0, 1, 2]) {
      const [is, should] = [
        medianOf((s) => s.restAutocorrelation[lag] as number),
        real.restAutocorrelation[lag] as number,
      ]
      assert.ok(Math.abs(is - should) < 0.1, `lag ${lag + 1}: ${is}, real ${should}`)
    }
  })

  it('swings as far while somebody walks by, more on high shelves, and much more on a loose gondola', () => {
    const distance = medianOf(({ walkingG }) => distributionDistance(walkingG, real.walkingG))
    assert.ok(distance < 0.15, `Kolmogorov-Smirnov distance ${distance}`)
    isWithin(1.4, ({ walkingG }) => walkingG[10] as number, 'median')
    isWithin(1.5, ({ walkingG }) => walkingG[18] as number, '90th percentile')
    isWithin(2, ({ loosestToFirmest }) => loosestToFirmest, 'loosest to firmest')
    isWithin(2.5, ({ upperToLowerShelves }) => upperToLowerShelves, 'upper to lower')
  })

  it('swings at the same frequencies, neighbours loosely together', () => {
    for (const band of [1, 2, 3]) isWithin(1.7, ({ swingBands }) => swingBands[band] as number, `band ${band}`)
    isWithin(1.5, ({ correlation }) => correlation.nextPlate, 'next plate')
    isWithin(1.5, ({ correlation }) => correlation.sameShelf, 'same shelf')
    isWithin(1.7, ({ correlation }) => correlation.otherShelf, 'other shelf')
  })

  it('lets a bottle go in the same way: a push, a fall, swinging neighbours, and something that they keep', () => {
    // A bottle weighs half a per cent more or less, and a shaken plate is off by some grams for a second.
    isWithin(1.02, ({ take }) => take.stepG, 'step')
    isWithin(1.6, ({ take }) => take.pushShare, 'push')
    isWithin(1.7, ({ take }) => take.fallMs, 'fall')
    isWithin(2, ({ take }) => take.transitionMs, 'transition')
    isWithin(1.8, ({ take }) => take.nextPlatesG, 'swing of the next plates')
    isWithin(1.8, ({ take }) => take.sameShelfG, 'swing of the shelf')
    // Real: no more than it swung before.
    assert.ok(medianOf(({ take }) => take.shelfAboveG) < 10)
    isWithin(2, ({ take }) => take.nextPlateKeepsG, 'what a next plate keeps')
    isWithin(3, ({ take }) => take.farPlatesKeepG, 'what farther plates keep')
  })
})
