/** What happened lately, newest first. */
import type { JSX } from 'preact'
import type { NoticeView } from './live-view.ts'
import { usePage } from './page-context.ts'

const good: NoticeView['kind'][] = ['passed-in', 'passed-out', 'recovered']

export function Notices({ notices }: { notices: NoticeView[] }): JSX.Element {
  const { texts, formats } = usePage()
  return (
    <section class="card notices-card" aria-labelledby="notices-title">
      <h2 id="notices-title">{texts.happened}</h2>
      {notices.length === 0 && <p class="quiet">{texts.nothingHappened}</p>}
      <div role="log" aria-labelledby="notices-title">
        <ol class="notices">
          {notices.map(({ id, atMs, kind, where, text }) => (
            <li key={id} class={good.includes(kind) ? '' : 'notable'}>
              <time>{formats.time(atMs)}</time>
              <span>
                <strong>{texts.notices[kind]}</strong> {where}
                {text && <span class="aside"> · {text}</span>}
              </span>
            </li>
          ))}
        </ol>
      </div>
    </section>
  )
}
