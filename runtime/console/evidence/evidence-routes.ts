/** The pictures of a review, for whoever may decide it; that somebody looked is written down. */
import { type Request, type Response, Router } from 'express'
import { AisleError } from '../../contract/errors.ts'
import { sessionOf } from '../../security/http-guard.ts'
import type { Session } from '../../security/session.ts'
import type { LiveStore } from '../live-store.ts'
import type { EvidencePictureView } from '../pages/live-view.ts'
import type { EvidenceArchive, KeptEvidence } from './evidence-archive.ts'

export interface EvidenceRouteParts {
  evidence: Pick<EvidenceArchive, 'get'>
  live: LiveStore
  audit(event: string, facts: Record<string, string>): void
}

/** A role that may not be named here sees none. */
const mayLook: Record<Session['role'], boolean> = { owner: true }

export function evidenceRoutes({ evidence, live, audit }: EvidenceRouteParts): Router {
  const router = Router()
  const keptFor = (request: Request, response: Response): KeptEvidence | undefined => {
    if (!mayLook[sessionOf(response).role]) {
      throw new AisleError('command-not-allowed', 'Your role sees no pictures.', { action: 'Ask the owner.' })
    }
    return evidence.get(request.params.visitId ?? '')
  }

  router.get('/api/visits/:visitId/pictures', (request, response) => {
    const kept = keptFor(request, response)
    const lines = live.visit(request.params.visitId ?? '')?.basket?.lines ?? []
    const views = (kept?.pictures ?? []).map(({ eventId, camera, takenAtMs }, number): EvidencePictureView => {
      const lineIds = lines.filter(({ eventIds }) => eventIds.includes(eventId)).map(({ lineId }) => lineId)
      return { number, camera, takenAtMs, lineIds }
    })
    if (kept) audit('evidence shown', { user: sessionOf(response).user, visitId: kept.visitId })
    response.json({ pictures: views })
  })

  router.get('/api/visits/:visitId/pictures/:number', (request, response) => {
    const picture = keptFor(request, response)?.pictures[Number(request.params.number)]
    if (!picture) return response.status(404).end()
    response.set('cache-control', 'no-store').type('jpeg').send(Buffer.from(picture.jpeg, 'base64'))
  })

  return router
}
