/** What cameras saw of a line that waits, where the store keeps that: everybody but the shopper is blurred. */
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { EvidencePictureView } from './live-view.ts'
import { usePage } from './page-context.ts'
import { ask } from './server-api.ts'

/** Pictures are asked for a moment after the visit came to wait. */
const askAgainMs = 5000
const mostTries = 4

export function EvidencePictures({ visitId, lineId }: { visitId: string; lineId: string }): JSX.Element | null {
  const { texts, formats } = usePage()
  const [pictures, setPictures] = useState<EvidencePictureView[]>([])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = async (tries: number) => {
      const answer = await ask<{ pictures: EvidencePictureView[] }>(pathOf(visitId)).catch(() => ({ pictures: [] }))
      const ours = answer.pictures.filter(({ lineIds }) => lineIds.includes(lineId))
      setPictures(ours)
      if (ours.length === 0 && tries > 1) timer = setTimeout(() => void look(tries - 1), askAgainMs)
    }
    void look(mostTries)
    return () => clearTimeout(timer)
  }, [visitId, lineId])
  if (pictures.length === 0) return null
  return (
    <figure class="evidence-pictures">
      {pictures.map(({ number, camera, takenAtMs }) => (
        <img
          key={number}
          src={`${pathOf(visitId)}/${number}`}
          alt={texts.evidencePicture(camera, formats.time(takenAtMs))}
          title={texts.evidencePicture(camera, formats.time(takenAtMs))}
        />
      ))}
      <figcaption class="quiet">{texts.othersBlurred}</figcaption>
    </figure>
  )
}

const pathOf = (visitId: string) => `/api/visits/${encodeURIComponent(visitId)}/pictures`
