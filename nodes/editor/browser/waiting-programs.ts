/** Says which programs have not read yet what was saved in the store's files, and has them start anew. */
import { ask } from './ask.ts'
import { make, textButton } from './elements.ts'
import type { Say } from './form/check.ts'
import { reasonOf } from './reasons.ts'

export interface WaitingProgramsOptions {
  say: Say
  /** Asks for the store's files anew, and shows what waits now. */
  reload(): Promise<void>
  onTrouble(text: string): void
}

const askAgainMs = 1000

export class WaitingPrograms {
  readonly element = make('div', { className: 'aisle-waiting', hidden: true })
  readonly #options: WaitingProgramsOptions

  constructor(options: WaitingProgramsOptions) {
    this.#options = options
    this.element.setAttribute('role', 'status')
  }

  show(waiting: readonly string[]): void {
    const { say } = this.#options
    this.element.hidden = waiting.length === 0
    if (waiting.length === 0) return
    const restart = textButton(say('waiting.restart'), () => void this.#restart(restart))
    const text = say('waiting.text', { programs: waiting.join(', ') })
    this.element.replaceChildren(make('span', { textContent: text }), restart)
  }

  async #restart(button: HTMLButtonElement): Promise<void> {
    const { say, onTrouble } = this.#options
    button.disabled = true
    try {
      await ask('open-aisle/restart', {})
      this.element.replaceChildren(make('span', { textContent: say('waiting.restarting') }))
      await this.#untilBack()
    } catch (error) {
      onTrouble(reasonOf(error, say))
      button.disabled = false
    }
  }

  /** The program that answers here may be one of those that start anew. */
  async #untilBack(): Promise<void> {
    while (this.element.isConnected) {
      await new Promise((resolve) => setTimeout(resolve, askAgainMs))
      const isBack = await this.#options.reload().then(
        () => true,
        () => false,
      )
      if (isBack) return
    }
  }
}
