/** Learning from a till's journal, from where it was left. */

import type { StoreLayout } from '../profile/layout.ts'
import type { Evidence } from '../till-api/commands.ts'
import type { TillEvent } from '../till-api/events.ts'
import { pastEvents } from '../till-api/past-events.ts'
import type { EvidenceClient, TillClient } from '../till-api/till-client.ts'
import { type Learning, learn } from './learn.ts'
import type { LearnedFolder } from './learned-folder.ts'
import { type LearnedVersion, nothingLearned } from './learned-version.ts'
import { defaultLearningPolicy } from './learning-policy.ts'
import { type EndedVisit, endedVisit, isWorthLooking, type Outcomes, outcomesOf } from './outcomes.ts'
import { addLearned, countedTo } from './versions.ts'

export interface LearnOptions {
  till: Pick<TillClient, 'state' | 'follow'> & EvidenceClient
  folder: LearnedFolder
  layout: Pick<StoreLayout, 'products'>
  nowMs: number
  /** From the catalogue and the whole journal, also what somebody went back from. */
  anew?: boolean
  signal?: AbortSignal
}

export interface Learned {
  learning: Learning
  outcomes: Outcomes
  /** undefined: there was nothing new. */
  version: LearnedVersion | undefined
}

/** @throws AisleError `till-unreachable`, `learned-invalid`, `learned-broken`, `file-exists` when somebody else learns at the same time */
export async function learnNow({ till, folder, layout, nowMs, anew = false, signal }: LearnOptions): Promise<Learned> {
  const from = anew ? 0 : countedTo(folder)
  const { sequence } = await till.state(signal)
  const visits = await changedVisits(till, from, sequence, signal)
  const outcomes = outcomesOf(visits, from, await evidenceOf(till, visits, signal), byWeight(layout))
  const known = anew ? nothingLearned : folder.inForce().content
  const learning = learn(known, outcomes, layout.products, defaultLearningPolicy)
  const version = addLearned(folder, learning, outcomes, { countedTo: sequence, atMs: nowMs })
  return { learning, outcomes, version }
}

/** Visits that are over and of which the journal says something between the two positions, each as it is last. */
async function changedVisits(
  till: Pick<TillClient, 'follow'>,
  from: number,
  to: number,
  signal: AbortSignal | undefined,
): Promise<EndedVisit[]> {
  const visits = new Map<string, EndedVisit>()
  const note = (event: TillEvent) => {
    const visit = event.type === 'visit-changed' ? endedVisit(event.data) : undefined
    if (visit) visits.set(visit.visitId, visit)
  }
  await pastEvents(till, { from, to }, note, signal)
  signal?.throwIfAborted()
  return [...visits.values()]
}

/** The newest of each event that a confirmed line may rest on. */
async function evidenceOf(
  till: EvidenceClient,
  visits: readonly EndedVisit[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Evidence>> {
  const newest = new Map<string, Evidence>()
  for (const { visitId } of visits.filter(isWorthLooking)) {
    for (const { data } of await till.evidence(visitId, signal)) {
      const known = newest.get(data.event.eventId)
      if (!known || known.event.revision <= data.event.revision) newest.set(data.event.eventId, data)
    }
  }
  return newest
}

const byWeight = ({ products }: Pick<StoreLayout, 'products'>) =>
  new Set(products.filter(({ soldBy }) => soldBy === 'weight').map(({ sku }) => sku))
