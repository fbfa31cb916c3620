/** What the cameras' dialog asks of the program. */
import { Type } from 'typebox'
import { Point2M, Point3M, strictObject } from '../../runtime/contract/schema.ts'
import type { CameraDesk } from '../host/camera-desk.ts'
import { deskRoutes, Revision, type RouteMaker } from './desk-routes.ts'

/** More points make no fit better, and each one makes it slower. */
const mostPoints = 30
const question = {
  pictureSizePx: Point2M(),
  points: Type.Array(strictObject({ atPx: Point2M(), storeM: Point3M() }), { maxItems: mostPoints }),
}

export function addCameraRoutes(maker: RouteMaker, desk: CameraDesk): void {
  const { get, post } = deskRoutes(maker)
  get('cameras', () => desk.facts())
  post('cameras/:id/fit', strictObject(question), ({ id, body }) => desk.fit(id, body))
  post('cameras/:id', strictObject({ revision: Revision, ...question }), ({ user, id, body }) =>
    desk.calibrate(user, id, body),
  )
  // People are in it: whoever may see the store live may see this, and nothing on the way keeps it.
  maker.httpAdmin.get(
    '/open-aisle/cameras/:id/picture',
    maker.auth.needsPermission('cameras.see'),
    (request, response, next) => {
      const answer = async () => {
        const frame = await desk.picture(request.params.id ?? '')
        // It is asked for every second: of a 404 the browser would tell in its console each time.
        if (!frame) return response.status(204).end()
        response.set('cache-control', 'no-store').type(frame.format).send(frame.bytes)
      }
      answer().catch(next)
    },
  )
}
