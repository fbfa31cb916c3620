/** A link, as a QR code, by which one shopper registers a phone. */
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { InvitationView } from './live-view.ts'
import { usePage } from './page-context.ts'
import { QrPicture } from './qr-picture.tsx'
import { ask, failureText } from './server-api.ts'

export function Invitation(): JSX.Element {
  const { texts } = usePage()
  const [invitation, setInvitation] = useState<InvitationView | null>(null)
  const [failure, setFailure] = useState('')
  useEffect(() => {
    if (!invitation) return
    // What can be used no more is not shown.
    const timer = setTimeout(() => setInvitation(null), invitation.lifeMs)
    return () => clearTimeout(timer)
  }, [invitation])
  const invite = () => {
    setFailure('')
    ask<InvitationView>('/api/invitation', {}).then(setInvitation, (error: unknown) =>
      setFailure(failureText(error, texts)),
    )
  }
  return (
    <section class="card" aria-labelledby="invitation-title">
      <h2 id="invitation-title">{texts.invitation}</h2>
      {invitation && (
        <div class="invitation">
          <a href={invitation.url} target="_blank" rel="noreferrer">
            <QrPicture text={invitation.url} label={texts.inviteLabel} />
          </a>
          <p class="aside">{texts.inviteHint}</p>
        </div>
      )}
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      <button type="button" onClick={invite}>
        {invitation ? texts.inviteAgain : texts.invite}
      </button>
    </section>
  )
}
