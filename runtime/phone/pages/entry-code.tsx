/** The code for the door, a new one every few seconds, and how many come in with it. */
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { QrPicture } from '../../console/pages/qr-picture.tsx'
import { codeEveryMs, largestParty } from '../../till-api/entry-token.ts'
import type { Phone } from './device-key.ts'
import { usePhone } from './phone-context.ts'

export function EntryCode({ phone }: { phone: Phone }): JSX.Element {
  const { texts } = usePhone()
  const [party, setParty] = useState(1)
  const [code, setCode] = useState<string | null>(null)
  useEffect(() => {
    let over = false
    const make = () => {
      if (document.hidden) return
      phone.makeCode(party).then(
        (made) => over || setCode(made),
        // An old code is worth nothing: rather none.
        () => over || setCode(null),
      )
    }
    make()
    const timer = setInterval(make, codeEveryMs)
    document.addEventListener('visibilitychange', make)
    return () => {
      over = true
      clearInterval(timer)
      document.removeEventListener('visibilitychange', make)
    }
  }, [phone, party])
  return (
    <section class="card code" aria-labelledby="code-title">
      <h2 id="code-title">{texts.codeTitle}</h2>
      {code && <QrPicture text={code} label={texts.codeLabel} />}
      <p class="aside">{texts.codeHint}</p>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset's legend cannot stand in one line with its buttons */}
      <div class="party" role="group" aria-label={texts.party}>
        <button type="button" aria-label={texts.fewer} disabled={party === 1} onClick={() => setParty(party - 1)}>
          −
        </button>
        <output aria-live="polite">{texts.people(party)}</output>
        <button
          type="button"
          aria-label={texts.more}
          disabled={party === largestParty}
          onClick={() => setParty(party + 1)}
        >
          +
        </button>
      </div>
      {party > 1 && <p class="aside">{texts.payer}</p>}
    </section>
  )
}
