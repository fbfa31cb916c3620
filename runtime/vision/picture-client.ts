/** How a camera's newest picture is asked for: of the vision program, and in the same way of sensing. */
import type { Frame } from './sources/frame-source.ts'
import { pictureKind } from './sources/picture-kind.ts'

export const pictureRoute = '/v1/cameras/:id/picture'
export const takenAtHeader = 'x-taken-at-ms'
/** Whoever looks has long gone by then. */
const answerWithinMs = 3000

/** The newest picture of a camera; undefined when there is none that is fresh, or nobody answers. */
export async function fetchPicture(url: string, token: string, camera: string): Promise<Frame | undefined> {
  const address = new URL(pictureRoute.replace(':id', encodeURIComponent(camera)), url)
  const signal = AbortSignal.timeout(answerWithinMs)
  const answer = await fetch(address, { headers: { authorization: `Bearer ${token}` }, signal }).catch(() => undefined)
  if (!answer?.ok) return undefined
  const bytes = Buffer.from(await answer.arrayBuffer())
  return { bytes, ...pictureKind(bytes), takenAtMs: Number(answer.headers.get(takenAtHeader)) }
}
