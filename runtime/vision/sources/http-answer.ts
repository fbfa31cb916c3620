/** A camera's answer over HTTP, with its login. */
import { AisleError } from '../../contract/errors.ts'
import type { CameraLogin } from './camera-login.ts'
import { unusable } from './picture-kind.ts'

export interface Answer {
  body: AsyncIterable<Uint8Array>
  contentType: string
  /** What the camera's clock showed when it answered, to {@link datePrecisionMs}. */
  cameraMs: number | undefined
}

/** HTTP dates have whole seconds. */
export const datePrecisionMs = 1000

/** The answer with status 200 and a body. @throws AisleError `picture-unusable`, and what {@link CameraLogin} throws */
export async function openPictures(url: string, login: CameraLogin, signal: AbortSignal): Promise<Answer> {
  const { pathname, search } = new URL(url)
  const { response } = await login.request('GET', `${pathname}${search}`, async (authorization) => {
    const response = await fetch(url, {
      headers: authorization === undefined ? {} : { authorization },
      // A redirect could lead the login, or the request, to somebody else.
      redirect: 'error',
      signal,
    })
    if (response.status === 401) await response.body?.cancel()
    return { response, status: response.status, challenges: response.headers.get('www-authenticate') ?? '' }
  })
  if (!response.ok || !response.body) {
    await response.body?.cancel()
    const action = 'Check that the address in the profile is that of its pictures.'
    throw unusable(`it answered with status ${response.status}`, action)
  }
  const cameraMs = Date.parse(response.headers.get('date') ?? '')
  return {
    body: response.body,
    contentType: response.headers.get('content-type') ?? '',
    cameraMs: Number.isNaN(cameraMs) ? undefined : cameraMs,
  }
}

export async function collect(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > maxBytes) throw tooLarge(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

export const tooLarge = (maxBytes: number) =>
  new AisleError('picture-unusable', `its picture is larger than ${maxBytes} bytes.`, {
    action: 'Set a smaller picture in the camera, or check its address.',
  })
