/** How well receipts equal the truth of labelled recordings. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { AisleError } from '../../runtime/contract/errors.ts'
import { readRecording } from '../../runtime/recording/recording.ts'
import { readTruth, type Score, score } from '../../runtime/recording/score.ts'
import { replayStore } from '../../runtime/store/replay-store.ts'

type NamedScore = Score & { name: string }

/** @throws AisleError `bench-needs-recordings` */
export async function measureRecordings(recordings: string, asJson: boolean): Promise<void> {
  const names = labelled(recordings)
  if (names.length === 0) {
    throw new AisleError('bench-needs-recordings', 'There is nothing to measure.', {
      where: recordings,
      action: 'Give --recordings DIR, a folder of recordings with truth.json.',
    })
  }
  const scores: NamedScore[] = []
  for (const name of names) {
    const directory = join(recordings, name)
    const recording = await readRecording(directory)
    const { answer } = replayStore(recording)
    scores.push({ name, ...score(readTruth(directory), answer, recording.layout.products) })
    if (!asJson) console.log(row(scores.at(-1) as NamedScore))
  }
  const hard = scores.filter(({ name }) => name.endsWith('-hard'))
  const plain = scores.filter(({ name }) => !name.endsWith('-hard'))
  if (asJson) console.log(JSON.stringify({ ...mean(scores), plain: mean(plain), hard: mean(hard), recordings: scores }))
  else
    for (const [name, group] of Object.entries({ plain, hard, all: scores })) console.log(row({ name, ...mean(group) }))
}

const labelled = (directory: string) =>
  readdirSync(directory)
    .filter((name) => existsSync(join(directory, name, 'truth.json')))
    .sort()

function mean(scores: readonly Score[]): Score {
  const of = (key: keyof Score) => scores.reduce((total, one) => total + one[key], 0) / Math.max(1, scores.length)
  return { f1: of('f1'), precision: of('precision'), recall: of('recall'), exact: of('exact') }
}

const row = ({ name, f1, precision, recall, exact }: NamedScore) =>
  `${name.padEnd(24)} F1 ${f1.toFixed(3)}  precision ${precision.toFixed(3)}  recall ${recall.toFixed(3)}  exact ${exact.toFixed(3)}`
