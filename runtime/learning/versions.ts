/** Going on to a new version of what was learned, and back again. */
import { AisleError } from '../contract/errors.ts'
import type { Learning } from './learn.ts'
import type { InForce, LearnedFolder } from './learned-folder.ts'
import { type LearnedVersion, nothingLearned } from './learned-version.ts'
import type { Outcomes } from './outcomes.ts'

/** Up to where outcomes have been counted, also by versions that somebody went back from: they are not learned again. */
export function countedTo(folder: LearnedFolder): number {
  const { number } = folder.inForce()
  return number === 0 ? 0 : folder.version(number).source.countedTo
}

/**
 * Writes what was learned as a new version, taken when nothing speaks against it.
 * @returns undefined where it says what the version in force, or the one that waits, says already
 */
export function addLearned(
  folder: LearnedFolder,
  learning: Learning,
  { visits, confirmed, corrected, givenBack }: Outcomes,
  { countedTo, atMs }: { countedTo: number; atMs: number },
): LearnedVersion | undefined {
  const inForce = folder.inForce()
  const last = folder.newest === 0 ? undefined : folder.version(folder.newest)
  const waits = last?.taken === false ? last.content : undefined
  const text = JSON.stringify(learning.content)
  if ([inForce.content, waits].some((content) => JSON.stringify(content) === text)) return undefined
  return folder.add({
    parent: inForce.number,
    ...{ atMs, kind: 'learned', taken: learning.doubts.length === 0 },
    source: { countedTo, visits, confirmed, corrected, givenBack },
    content: learning.content,
  })
}

/** Takes up the version that waits. @throws AisleError `nothing-to-accept` */
export function acceptProposed(folder: LearnedFolder, atMs: number): LearnedVersion {
  const last = folder.newest === 0 ? undefined : folder.version(folder.newest)
  if (!last || last.taken) {
    throw new AisleError('nothing-to-accept', 'No version waits to be accepted.', {
      action: 'See "aisle learn --history".',
    })
  }
  const { source, content } = last
  return folder.add({ parent: folder.inForce().number, ...{ atMs, kind: 'accepted', taken: true, source, content } })
}

/** Takes up what held before the version in force. @throws AisleError `nothing-to-undo` */
export function goBack(folder: LearnedFolder, atMs: number): LearnedVersion {
  const { number } = folder.inForce()
  const current = number === 0 ? undefined : folder.version(number)
  if (!current || (current.parent === 0 && isEmpty(current))) {
    throw new AisleError('nothing-to-undo', 'Nothing has been learned: the catalogue alone holds.', {
      action: 'See "aisle learn --history".',
    })
  }
  const before = parentOf(folder, current)
  const { content, parent } = before ?? { content: nothingLearned, parent: 0 }
  return folder.add({ parent, ...{ atMs, kind: 'back', taken: true, source: current.source, content } })
}

function parentOf(folder: LearnedFolder, { parent }: LearnedVersion): LearnedVersion | undefined {
  return parent === 0 ? undefined : folder.version(parent)
}

const isEmpty = ({ content }: Pick<InForce, 'content'>) => JSON.stringify(content) === JSON.stringify(nothingLearned)
