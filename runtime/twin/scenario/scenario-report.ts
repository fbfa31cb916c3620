/** What scenarios gave, in words. */
import type { Mismatch } from './expectations.ts'
import type { VisitOutcome } from './run-scenario.ts'

export interface ScenarioResult {
  file: string
  title: string
  seed: number
  /** Why it is known to fail; null: it must pass. */
  known: string | null
  mismatches: Mismatch[]
  /** How long it was in the store, and how long it took. */
  storeMs: number
  tookMs: number
  visits: VisitOutcome[]
}

/** `mended`: known to fail, and passes now. */
export type ScenarioStatus = 'passed' | 'failed' | 'known-failing' | 'mended'

export function statusOf({ known, mismatches }: Pick<ScenarioResult, 'known' | 'mismatches'>): ScenarioStatus {
  if (mismatches.length === 0) return known === null ? 'passed' : 'mended'
  return known === null ? 'failed' : 'known-failing'
}

const marks = { passed: 'ok    ', failed: 'FAILED', 'known-failing': 'known ', mended: 'MENDED' } as const

export function reportOf(result: ScenarioResult): string {
  const { title, seed, known, mismatches, storeMs, tookMs } = result
  const status = statusOf(result)
  const times = `seed ${seed}, ${Math.round(storeMs / 1000)} s in ${(tookMs / 1000).toFixed(1)} s`
  const head = `${marks[status]}  ${title}  (${times})`
  const details = mismatches.flatMap(({ where, expected, actual }) => [
    `          ${where}: expected ${expected}`,
    `          ${' '.repeat(where.length)}  but was ${actual}`,
  ])
  if (status === 'known-failing') return [head, `          known to fail: ${known}`, ...details].join('\n')
  if (status === 'mended') return `${head}\n          it passes now: remove its mark "known" (${known})`
  return [head, ...details].join('\n')
}

/** @param wrongFiles scenarios that could not be read; they count as failed */
export function summaryOf(results: readonly ScenarioResult[], wrongFiles = 0) {
  const count = (status: ScenarioStatus) => results.filter((result) => statusOf(result) === status).length
  const counts = {
    passed: count('passed'),
    failed: count('failed') + wrongFiles,
    knownFailing: count('known-failing'),
    mended: count('mended'),
  }
  const storeS = results.reduce((sum, { storeMs }) => sum + storeMs, 0) / 1000
  const tookS = results.reduce((sum, { tookMs }) => sum + tookMs, 0) / 1000
  const apart = [
    ...(counts.knownFailing > 0 ? [`${counts.knownFailing} known to fail`] : []),
    ...(counts.mended > 0 ? [`${counts.mended} known to fail, but pass now`] : []),
  ]
  const speed = `${Math.round(storeS / 60)} min of store time in ${tookS.toFixed(1)} s`
  const text = [speed, ...apart, `${counts.passed} passed, ${counts.failed} failed`].join('\n')
  return { counts, text }
}
